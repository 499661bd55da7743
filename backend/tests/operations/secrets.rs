//! Every secret that enters the program is planted as a canary, the program is driven well and badly, and whatever leaves
//! it is searched for each canary in every form.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use alloy::primitives::U256;
use phase8_backend::relay::Relayer;
use phase8_shared::api::{MissionView, routes};
use phase8_shared::id::{MissionId, Seq};
use serde_json::{Value, json};

use super::canary::{Canary, random};
use super::model::FakeModel;
use super::node::{Door, Mood};
use super::postgres::Postgres;
use super::program::{Program, run};
use super::stage::Stage;

const MISSION: MissionId = MissionId::from_bytes([0x5e; 16]);
const OTHER: MissionId = MissionId::from_bytes([0x6e; 16]);

/// A job of two agents under a tripwire that holds secrets back.
fn job(description: &str) -> String {
    json!({
        "jobName": "canaries",
        "description": description,
        "maxDurationMinutes": 100,
        "autonomy": { "checkpointIntervalMinutes": 10, "requireValidatorCheckIn": false, "maxIdleMinutes": 25 },
        "economics": {
            "stakeTier": "STANDARD",
            "stakeMultiplier": 1,
            "milestones": [
                { "name": "Blueprint", "payoutBps": 4000, "checkpoint": "planner:blueprint" },
                { "name": "Validation", "payoutBps": 6000, "checkpoint": "validator:signoff" }
            ],
            "maxBudgetUSD": 1000,
            "rewardAdjustment": { "durationBonusBps": 500, "failurePenaltyMultiplier": 0.5 }
        },
        "agents": [
            { "role": "planner", "model": "gpt-elite-256k", "capabilities": ["plans"],
              "memory": { "type": "persistent", "bucket": "planner", "retentionHours": 12 } },
            { "role": "analyst", "model": "sentience-alpha", "capabilities": ["figures"],
              "memory": { "type": "persistent", "bucket": "analyst", "retentionHours": 12 } }
        ],
        "validators": { "guild": "0xValidatorGuild", "checkpoints": ["planner:blueprint"], "rewardBps": 1000 },
        "safety": { "tripwires": ["privacy-leak-detector", "budget-guard"], "haltOnTripwire": true, "pauseGuardian": "0xPauseGuardian" },
        "governance": { "ownerProxy": "0xOwnerProxy", "allowHumanCoPilot": true, "requiredValidatorApprovals": 2 }
    })
    .to_string()
}

/// What left the program, under the name of where it left.
#[derive(Debug, Default)]
struct Left(Vec<(String, String)>);

impl Left {
    fn add(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.0.push((place.into(), text.into()));
    }

    /// Searches everything for every form of every canary, and answers how often it looked.
    fn search(&self, canaries: &[Canary]) -> usize {
        let found = self.find(canaries);
        assert!(found.is_empty(), "secrets left the program:\n{}", found.join("\n"));
        let forms: usize = canaries.iter().map(Canary::forms).sum();
        let bytes: usize = self.0.iter().map(|(_, text)| text.len()).sum();
        let looks = forms * self.0.len();
        eprintln!(
            "searched {} texts ({bytes} bytes) for {} canaries in {forms} forms: {looks} looks",
            self.0.len(),
            canaries.len()
        );
        for (place, text) in &self.0 {
            assert!(!text.is_empty(), "{place} is empty: nothing was searched");
        }
        looks
    }

    fn find(&self, canaries: &[Canary]) -> Vec<String> {
        let mut found = Vec::new();
        for (place, text) in &self.0 {
            for canary in canaries {
                let Some(form) = canary.find_in(text) else { continue };
                let line = text.lines().find(|line| line.contains(form)).unwrap_or_default();
                found.push(format!("{} in {place}, as {form}: {line}", canary.name));
            }
        }
        found
    }
}

/// Everything that is secret, where it is configured.
struct Planted {
    canaries: Vec<Canary>,
    environment: Vec<(&'static str, String)>,
    model: FakeModel,
    door: Door,
    other_door: Door,
    signature: String,
}

impl Planted {
    fn text(&self, name: &str) -> &str {
        &self.canaries.iter().find(|canary| canary.name == name).unwrap().text
    }
}

async fn plant(stage: &Stage) -> Planted {
    let node = format!("http://127.0.0.1:{}", stage.port);
    let (key, other_key, password) = (random(), random(), format!("p{}", &random()[..24]));
    let (door, other_door) = (Door::open(&node, &key).await, Door::open(&node, &other_key).await);
    // As the tripwire knows a provider's key.
    let leaked = format!("sk-proj-{}", &random()[..48]);
    let model = FakeModel::start(&format!("The plan. Use the key {leaked} for it.")).await;
    let (model_key, relayer_key, signature) =
        (format!("mk-{}", random()), random(), random().repeat(2));
    fs::write(stage.path("relayer.key"), &relayer_key).unwrap();
    let relayer = Relayer::from_text(&relayer_key).unwrap().address();
    stage.set_ether(relayer, U256::from(10_u64.pow(18))).await;
    let file = stage.path("checkpoint.key").display().to_string();
    let (made, said) = run(stage.folder.path(), &["ledger", "key", "--new", &file], &[]).await;
    assert!(made, "{said}");
    let rights = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(rights & 0o777, 0o600);
    let ledger_key = fs::read_to_string(&file).unwrap();
    // "PRIVATE+KEY+name+hash+base64", and base64 has plus signs of its own.
    let ledger_secret = ledger_key.trim().splitn(5, '+').nth(4).unwrap().to_owned();
    let secret = |name, text: &str| Canary::new(name, text);
    let canaries = vec![
        secret("the model's key", &model_key),
        secret("the relayer's key", &relayer_key),
        secret("the ledger's key", &ledger_secret),
        secret("the key in RPC_URL", &key),
        secret("the password in RPC_URL", &password),
        secret("the key in RPC_URLS", &other_key),
        secret("the text that is held back", &leaked),
        secret("a signature", &signature[..64]),
        secret("a private text in a prompt", &random()),
    ];
    let environment = vec![
        ("MODEL_API_KEY", model_key),
        ("RPC_URL", door.address(&format!("operator:{password}@"))),
        ("RPC_URLS", other_door.address("")),
        ("RUST_LOG", "trace".to_owned()),
    ];
    Planted {
        canaries,
        environment,
        model,
        door,
        other_door,
        signature: format!("0x{signature}00"),
    }
}

/// Drives a running server well and badly, and keeps what it answers.
async fn drive(stage: &Stage, planted: &Planted, program: &Program, left: &mut Left) {
    let description = format!("Two agents. {}", planted.text("a private text in a prompt"));
    let launch = stage.launch(job(&description));
    // Refused, then answered with what is held back; the other is lost.
    for (mission, end) in [(MISSION, "\"tripwire_tripped\""), (OTHER, "\"result\":\"unknown\"")] {
        let created = program.put(&routes::mission(mission), launch.clone()).await;
        assert_eq!(created.status, 200, "{}", created.whole);
        let view: MissionView = serde_json::from_str(&created.body).unwrap();
        stage.fund(mission, &view).await;
        let events = routes::events(mission, Seq::ZERO);
        program.until(&events, |said| said.body.contains(end)).await;
    }
    assert!(planted.model.asked() >= 3, "the model was asked {} times", planted.model.asked());

    let signature = &planted.signature;
    let approval = json!({ "validator": stage.operator(), "deadline": 1, "signature": signature });
    let owners = json!({ "target": stage.operator(), "data": "0x", "nonce": "0", "deadline": "1",
        "signature": signature });
    let approvals = format!("{}/milestones/0/approvals", routes::mission(MISSION));
    let refused = [
        program.post(routes::TRANSACTIONS, json!({ "raw": signature }).to_string()).await,
        program.post(routes::TRANSACTIONS, format!("{{\"raw\": {signature}")).await,
        program.post(&approvals, approval.to_string()).await,
        program.post(routes::REQUESTS, owners.to_string()).await,
        program.post(routes::TRANSACTIONS, "[").await,
        program.get("/api/v1/transactions/none").await,
    ];
    for said in refused {
        assert!(said.status.is_client_error(), "{}", said.whole);
        left.add("a refusal", said.whole);
    }
    let asked = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": [] });
    let reads = json!({ "calls": [{ "to": stage.operator(), "data": "0x" }] }).to_string();
    for mood in [Mood::Well, Mood::Refuses, Mood::Errs, Mood::Babbles] {
        planted.door.set(mood);
        planted.other_door.set(mood);
        let is_well = mood == Mood::Well;
        let health =
            program.until(routes::HEALTH_READY, |said| said.json()[0]["ok"] == is_well).await;
        left.add(format!("readiness, {mood:?}"), health.whole);
        left.add("the node's answer", program.post(routes::RPC, asked.to_string()).await.whole);
        left.add("a quorum's answer", program.post(routes::READS, reads.clone()).await.whole);
        for path in [routes::HEALTH_LIVE, routes::SYSTEM, routes::PREFLIGHT, "/metrics"] {
            left.add(format!("{path}, {mood:?}"), program.get(path).await.whole);
        }
        let raw = json!({ "raw": signature }).to_string();
        left.add("a transaction", program.post(routes::TRANSACTIONS, raw).await.whole);
    }
    planted.door.set(Mood::Well);
    planted.other_door.set(Mood::Well);
    program.until(routes::HEALTH_READY, |said| said.json()[0]["ok"] == true).await;
}

/// What commands say beside a running server.
async fn ask_commands(stage: &Stage, planted: &Planted, port: &str, left: &mut Left) {
    let folder = stage.folder.path();
    let source = ["--config", "phase8.toml"];
    let environment = &planted.environment;
    let (well, said) = run(folder, &["config", "check", source[0], source[1]], environment).await;
    assert!(well, "{said}");
    left.add("config check", said);
    for arguments in [&["doctor", "--json"][..], &["doctor"]] {
        for port in [port, "1"] {
            let arguments = [arguments, &["--port", port], &source].concat();
            let (_, said) = run(folder, &arguments, environment).await;
            assert!(said.contains("Governance policies"), "{said}");
            left.add("doctor", said);
        }
    }
    planted.door.set(Mood::Refuses);
    let (_, said) =
        run(folder, &["doctor", "--port", "1", source[0], source[1]], environment).await;
    left.add("doctor without a chain", said);
    let (well, said) = run(folder, &["serve", source[0], source[1]], environment).await;
    assert!(!well && said.contains("does not answer"), "{said}");
    left.add("a start without a chain", said);
    planted.door.set(Mood::Well);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_leaves_the_program_in_either_form_of_the_log() {
    for format in ["text", "json"] {
        let stage = Stage::set().await;
        let planted = plant(&stage).await;
        let model = json!({ "kind": "openai", "baseUrl": planted.model.base_url(), "model": "m",
            "apiKeyEnv": "MODEL_API_KEY" });
        stage.write_adapters(Some(model));
        stage.configure(
            "relayer_key_file = \"relayer.key\"",
            &format!("[log]\nformat = \"{format}\"\n[ledger]\norigin = \"canaries\"\nkey_file = \"checkpoint.key\""),
        );
        let mut left = Left::default();
        let arguments = ["serve", "--config", "phase8.toml"];
        let program = Program::start(stage.folder.path(), &arguments, &planted.environment).await;

        drive(&stage, &planted, &program, &mut left).await;
        let port = program.base.rsplit(':').next().unwrap().to_owned();
        ask_commands(&stage, &planted, &port, &mut left).await;
        let log = program.log();
        left.add("everything written", program.stop().await);

        assert!(log.contains("the chain cannot be followed"), "what failed was not told: {log}");
        assert!(log.contains("was lost"), "the model's failure was not told: {log}");
        if format == "json" {
            check_lines(&log);
        }
        let looks = left.search(&planted.canaries);
        assert!(looks > 3_000, "{looks}");
        // And it would be found: each canary planted in a line of its own.
        for canary in &planted.canaries {
            let planted = Left(vec![("planted".to_owned(), format!("key={}", canary.text))]);
            assert_eq!(planted.find(std::slice::from_ref(canary)).len(), 1, "{}", canary.name);
        }
    }
}

/// Each line is an object with the fields that are always there, and fields of requests and missions are found by name.
fn check_lines(log: &str) {
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > 20, "{log}");
    for line in &lines {
        for field in ["timestamp", "level", "target", "message"] {
            assert!(line[field].is_string(), "{line}");
        }
    }
    let with = |field: &str| lines.iter().filter(|line| line[field].is_string()).count();
    assert!(with("request.id") > 5 && with("mission.id") > 2, "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_databases_password_stays_inside_whether_it_is_right_wrong_or_unusable() {
    let stage = Stage::set().await;
    stage.write_adapters(None);
    let node = format!("http://127.0.0.1:{}", stage.port);
    stage.configure(&format!("rpc_url = {node:?}"), "");
    let (right, wrong) = (format!("r{}", random()), format!("w{}", random()));
    let postgres = Postgres::start();
    postgres.add_user("keeper", &right);
    let canaries =
        [Canary::new("the right password", &right), Canary::new("the wrong password", &wrong)];
    let mut left = Left::default();
    let serve = ["serve", "--config", "phase8.toml"];
    let folder = stage.folder.path();
    let with = |url: String| [("DATABASE_URL", url), ("RUST_LOG", "trace".to_owned())];

    let program = Program::start(folder, &serve, &with(postgres.url_of("keeper", &right))).await;
    let ready = program.until(routes::HEALTH_READY, |said| said.json()[1]["ok"] == true).await;
    assert!(program.measured("phase8_ledger_store_info{kind=\"postgresql\"}").await.is_some());
    for path in [routes::SYSTEM, routes::MISSIONS, "/metrics"] {
        left.add(path, program.get(path).await.whole);
    }
    left.add("readiness", ready.whole);
    drop(postgres);
    let gone = program.until(routes::HEALTH_READY, |said| said.json()[1]["ok"] == false).await;
    assert!(gone.body.contains("its ledgers cannot be read; its log says why"), "{}", gone.body);
    assert_eq!(program.get(routes::HEALTH_LIVE).await.status, 200);
    left.add("readiness without a database", gone.whole);
    left.add("a refusal without a database", program.get(&routes::mission(MISSION)).await.whole);
    left.add("everything written", program.stop().await);

    let postgres = Postgres::start();
    postgres.add_user("keeper", &right);
    for (url, words) in [
        (postgres.url_of("keeper", &wrong), "refuses this program"),
        (format!("postgres://keeper:{wrong}@127.0.0.1:1/x"), "cannot be reached"),
        (format!("postgres://keeper:{wrong}@db/x?sslmode=require"), "asks for TLS"),
        (format!("postgres://keeper:{wrong}@db:port/x"), "cannot be used"),
        (format!("host=db password={wrong} nonsense"), "cannot be used"),
        (wrong.clone(), "cannot be used"),
    ] {
        for arguments in [
            &serve[..],
            &["doctor", "--config", "phase8.toml"],
            &["config", "check", "--config", "phase8.toml"],
        ] {
            let (well, said) = run(folder, arguments, &with(url.clone())).await;
            assert!(arguments[0] != "serve" || (!well && said.contains(words)), "{words}: {said}");
            left.add(format!("{} {words}", arguments[0]), said);
        }
    }
    let looks = left.search(&canaries);
    assert!(looks > 250, "{looks}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_library_that_is_named_writes_what_passes_through_it_and_the_search_finds_it() {
    let stage = Stage::set().await;
    stage.write_adapters(None);
    stage.configure("", "");
    let (key, password) = (random(), random());
    let door = Door::open(&format!("http://127.0.0.1:{}", stage.port), &key).await;
    let canaries = [Canary::new("the key", key), Canary::new("the password", password.clone())];
    let url = door.address(&format!("operator:{password}@"));
    let serve = ["serve", "--config", "phase8.toml"];

    let mut found = Vec::new();
    for filter in
        ["trace", "hyper=trace,reqwest=trace,tokio_postgres=trace,rustls=trace", "alloy=debug"]
    {
        let environment = [("RPC_URL", url.clone()), ("RUST_LOG", filter.to_owned())];
        let program = Program::start(stage.folder.path(), &serve, &environment).await;
        program.until(routes::HEALTH_READY, |said| said.status == 200).await;
        let left = Left(vec![(filter.to_owned(), program.stop().await)]);
        found.push(left.find(&canaries).len());
    }

    assert_eq!(found, [0, 0, 2], "only alloy writes an endpoint's whole address");
}

#[tokio::test]
async fn what_is_set_wrongly_is_refused_without_being_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut left = Left::default();
    let secret = random();
    for (name, value) in [
        ("RPC_URL", secret.clone()),
        ("RPC_URL", format!("ws://operator:{secret}@node/v3/{secret}")),
        ("RPC_URLS", format!("http://a/{secret}, http://a/{secret}")),
        ("ORCHESTRATOR_URL", format!("http://operator:{secret}@engine:1")),
        ("ORCHESTRATOR_URL", secret.clone()),
        ("PHASE8__CHAIN__WALLET_RPC_URL", format!("https://operator:{secret}@node/")),
        ("DATABASE_URL", secret.clone()),
    ] {
        let (well, said) = run(folder.path(), &["config", "check"], &[(name, value)]).await;
        assert!(!well, "{name}: {said}");
        left.add(name, said);
    }
    assert!(left.search(&[Canary::new("what was set", secret)]) > 50);
}
