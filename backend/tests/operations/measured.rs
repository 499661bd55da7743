//! Measurements of the real program: what happened is what they say.

use phase8_shared::api::{MissionView, routes};
use phase8_shared::id::{MissionId, Seq};

use super::program::{Program, client};
use super::stage::Stage;

const SERVE: [&str; 3] = ["serve", "--config", "phase8.toml"];
const MISSION: MissionId = MissionId::from_bytes([0x3e; 16]);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mission_shows_in_the_measurements_and_its_id_does_not() {
    let stage = Stage::set().await;
    stage.write_adapters(None);
    let node = format!("rpc_url = \"http://127.0.0.1:{}\"", stage.port);
    stage.configure(&node, "[metrics]\nlisten = \"127.0.0.1:0\"");
    let program = Program::start(stage.folder.path(), &SERVE, &[]).await;
    let written = program.written();
    let line = written.lines().find(|line| line.trim_start().starts_with("metrics")).unwrap();
    let address = line.split_whitespace().last().unwrap();
    let read = async || client().get(address).send().await.unwrap().text().await.unwrap();
    let elsewhere = program.get("/metrics").await;
    assert_eq!(elsewhere.status, 404);
    assert!(elsewhere.body.contains("metrics.listen"), "{}", elsewhere.body);

    let job = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/job.multi-agent.json"));
    let created = program.put(&routes::mission(MISSION), stage.launch(job.to_owned())).await;
    let view: MissionView = serde_json::from_str(&created.body).unwrap();
    let before = read().await;
    stage.fund(MISSION, &view).await;
    let events = routes::events(MISSION, Seq::ZERO);
    program.until(&events, |said| said.body.contains("model_call_requested")).await;
    let refused = program.post(routes::TRANSACTIONS, "{\"raw\": \"0x00\"}").await;
    assert_eq!(refused.status, 422);
    let after = read().await;

    let find = |text: &str, name: &str| -> Option<f64> {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map(|value| value.parse().unwrap())
    };
    let sample =
        |text: &str, name: &str| find(text, name).unwrap_or_else(|| panic!("no {name} in {text}"));
    let awaiting = "phase8_missions{phase=\"awaiting_funding\",rehearsal=\"true\"}";
    let running = "phase8_missions{phase=\"running\",rehearsal=\"true\"}";
    for (name, first, then) in [
        (awaiting, 1, 0),
        (running, 0, 1),
        ("phase8_ledger_store_info{kind=\"sqlite\"}", 1, 1),
        ("phase8_chain_endpoints{said=\"dissents\"}", 0, 0),
        ("phase8_chain_quorum", 1, 1),
        ("phase8_engine_leads", 1, 1),
    ] {
        assert_eq!(
            (sample(&before, name), sample(&after, name)),
            (f64::from(first), f64::from(then)),
            "{name}"
        );
    }
    let code = "phase8_relay_refusals_total{kind=\"transaction\",code=\"bad_transaction\"}";
    assert!(!before.contains(code));
    assert!(sample(&after, code) > 0.5);
    // What never happened has no line yet.
    let more = |name: &str| {
        assert!(sample(&after, name) > find(&before, name).unwrap_or_default(), "{name}");
    };
    more("phase8_ledger_appends_total{outcome=\"written\"}");
    more("phase8_ledger_append_duration_seconds_count");
    more(
        "phase8_http_request_duration_seconds_count{route=\"/api/v1/missions/{mission}/events\",method=\"GET\"}",
    );
    assert!(sample(&after, "phase8_budget_reserved_micro_usd{rehearsal=\"true\"}") > 0.0);
    assert!(sample(&after, "phase8_storage_free_bytes") > 0.0);
    assert!(sample(&after, "phase8_chain_head_block") > 0.0);
    assert!(after.ends_with("# EOF\n"));
    for foreign in [MISSION.to_string(), stage.operator().to_string()] {
        assert!(!after.to_lowercase().contains(&foreign.to_lowercase()), "{foreign} is a label");
    }
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_that_are_off_are_nowhere() {
    let stage = Stage::set().await;
    stage.write_adapters(None);
    let node = format!("rpc_url = \"http://127.0.0.1:{}\"", stage.port);
    stage.configure(&node, "[metrics]\nenabled = false");
    let program = Program::start(stage.folder.path(), &SERVE, &[]).await;

    let off = program.get("/metrics").await;

    assert_eq!(off.status, 404);
    assert!(off.body.contains("metrics are off"), "{}", off.body);
    program.stop().await;
}
