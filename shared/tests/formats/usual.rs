//! The usual files load as they are, and their traps are named.

use phase8_shared::policy::{read_adapters, read_policies};
use phase8_shared::simulate::simulate;
use phase8_shared::spec::{self, FileKind, JobSpec};
use phase8_shared::{policy, score};

use crate::support::{ADAPTERS, JOB, POLICIES, adapters, changed, policies, shown};

fn usual() -> JobSpec {
    spec::preview(JOB).spec.expect("the usual file can be read")
}

#[test]
fn the_usual_job_spec_may_be_launched_and_its_traps_are_named() {
    let job = spec::check(JOB, &policies(), &adapters()).unwrap();

    insta::assert_snapshot!(shown(&job.findings), @r"
    info guild-sign-off, line 17, $.economics.milestones[2].checkpoint: milestone 3 waits for `validator:signoff`, which is no agent's checkpoint: it is read as the guild's own sign-off of everything delivered (nothing to do; it need not be in validators.checkpoints)
    warning placeholder-resolved, line 46, $.validators.guild: `0xValidatorGuildMultisig` stands in place of an address; the policies' validatorGuild is meant: 0x90F79bf6EB2c4f870365E785982E1f101E93b906 (check the address before you sign, or write it into the file)
    info unpaid-checkpoint, line 47, $.validators.checkpoints[2]: no milestone waits for `analyst:market-report`: it is a step that is signed off and pays nothing (if it should be paid, add a milestone for it)
    warning placeholder-resolved, line 53, $.safety.pauseGuardian: `0xPauseGuardian` stands in place of an address; the policies' pauseGuardian is meant: 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC (check the address before you sign, or write it into the file)
    warning placeholder-resolved, line 56, $.governance.ownerProxy: `0xOwnerProxy` stands in place of an address; the policies' owner is meant: 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 (check the address before you sign, or write it into the file)
    ");
}

#[test]
fn the_same_file_gives_the_same_findings() {
    let first = spec::check(JOB, &policies(), &adapters()).unwrap();
    let second = spec::check(JOB, &policies(), &adapters()).unwrap();
    assert_eq!(first, second);
}

#[test]
fn names_are_replaced_by_the_addresses_of_the_policies() {
    let policies = policies();

    let job = spec::check(JOB, &policies, &adapters()).unwrap();

    assert_eq!(job.guild, policies.validator_guild);
    assert_eq!(job.pause_guardian, policies.pause_guardian);
    assert_eq!(job.owner_proxy, policies.owner, "without a proxy the owner's own address is meant");
    assert_eq!(job.spec.safety.pause_guardian.address(), Some(policies.pause_guardian));
}

#[test]
fn the_deployed_owner_proxy_is_meant_when_it_is_known() {
    let proxy = "0x5FbDB2315678afecb367f032d93F642f64180aa3".parse().unwrap();

    let job = spec::check(JOB, &policies().with_owner_proxy(proxy), &adapters()).unwrap();

    assert_eq!(job.owner_proxy, proxy);
}

#[test]
fn a_job_spec_is_written_back_in_the_format_it_was_read_from() {
    let mut file: serde_json::Value = serde_json::from_str(JOB).unwrap();
    file.as_object_mut().unwrap().remove("$schema");

    let written = serde_json::to_value(usual()).unwrap();

    assert_eq!(written, file);
    assert_eq!(serde_json::from_value::<JobSpec>(written).unwrap(), usual());
}

#[test]
fn a_budget_with_cents_survives_being_written() {
    let text = changed(JOB, &[("\"maxBudgetUSD\": 7500", "\"maxBudgetUSD\": 7499.999999")]);
    let spec = spec::preview(&text).spec.unwrap();

    let written = serde_json::to_string(&spec).unwrap();

    assert!(written.contains("\"maxBudgetUSD\":7499.999999,"), "{written}");
    assert_eq!(serde_json::from_str::<JobSpec>(&written).unwrap(), spec);
}

#[test]
fn the_usual_policies_and_adapters_have_no_findings_and_are_written_back() {
    let policies = read_policies(POLICIES);
    let adapters = read_adapters(ADAPTERS);

    assert_eq!(shown(&policies.findings), "nothing");
    assert_eq!(shown(&adapters.findings), "nothing");
    let policies = policies.value.unwrap();
    let written = serde_json::to_string(&policies).unwrap();
    assert_eq!(read_policies(&written).value.unwrap(), policies);
    assert_eq!(serde_json::from_str::<policy::GovernancePolicies>(&written).unwrap(), policies);
    let file: serde_json::Value = serde_json::from_str(ADAPTERS).unwrap();
    assert_eq!(serde_json::to_value(adapters.value.unwrap()).unwrap(), file);
}

#[test]
fn the_guild_is_the_validators_guild_and_the_council() {
    assert_eq!(policies().guild().len(), 3);
}

#[test]
fn an_endpoint_is_read_and_written() {
    let endpoint = r#""endpoint": { "kind": "openai", "baseUrl": "https://models.example/v1/", "model": "m-1", "apiKeyEnv": "MODEL_KEY" }"#;
    let text = changed(ADAPTERS, &[(r#""endpoint": { "kind": "rehearsal" }"#, endpoint)]);

    let (adapters, findings) = read_adapters(&text).into_result().unwrap();

    assert_eq!(shown(&findings), "nothing");
    let last = adapters.last().unwrap();
    assert!(!last.is_rehearsal());
    let expected = policy::Endpoint::OpenAi {
        base_url: "https://models.example/v1".to_owned(),
        model: "m-1".to_owned(),
        api_key_env: Some("MODEL_KEY".to_owned()),
    };
    assert_eq!(last.endpoint, Some(expected));
    let written = serde_json::to_string(last).unwrap();
    assert_eq!(serde_json::from_str::<policy::ModelAdapter>(&written).unwrap(), *last);
}

#[test]
fn a_kind_of_file_is_told_by_its_keys() {
    for (text, kind) in [
        (JOB, FileKind::JobSpec),
        (POLICIES, FileKind::GovernancePolicies),
        (ADAPTERS, FileKind::ModelAdapters),
        (r#"{"domains": [], "sentinels": [], "autonomy": {}}"#, FileKind::Manifest),
        (r#"{"controlSurfaces": []}"#, FileKind::OwnerDirectives),
        (r#"{"version": 1, "extensions": []}"#, FileKind::ContractExtensions),
        (r#"{"jobName": "x"}"#, FileKind::JobSpec),
        ("{}", FileKind::Unknown),
        ("[1]", FileKind::Unknown),
        ("no", FileKind::Unknown),
    ] {
        assert_eq!(spec::detect(text), kind, "{text}");
    }
}

#[test]
fn the_usual_job_in_plain_words() {
    let lines: Vec<String> = spec::summary(&usual())
        .into_iter()
        .map(|line| format!("{}: {}", line.topic, line.words))
        .collect();

    insta::assert_snapshot!(lines.join("\n"), @r"
    agents: Three agents work for at most 8 hours: planner (through gpt-elite-256k), dev (through code-savant-x) and analyst (through sentience-alpha).
    check-ins: Each agent checks in every 10 minutes, and trips when silent for longer than 20 minutes. A validator must look at each check-in.
    pay: Three milestones pay the reward: 25 % for Blueprint, 45 % for Implementation and 30 % for Validation. analyst:market-report is signed off but pays nothing.
    approvals: Every payout waits for 2 approvals by members of the validators' guild (0xValidatorGuildMultisig, to be resolved), who share 12 % on top.
    budget: Models may cost $7,500.00 at most; nothing is spent past that.
    stake: The operator stakes 3 times the base stake (tier ULTRA). Finishing in time adds 8 % to the reward; failure is penalised with the multiplier 1.5.
    safety: Watched by toxicity-filter, privacy-leak-detector and budget-guard; a trip halts the mission. The pause guardian (0xPauseGuardian, to be resolved) may pause everything at once.
    governance: The owner's levers go through 0xOwnerProxy, to be resolved. A person may step in.
    ");
}

#[test]
fn the_usual_job_played_through() {
    let simulation = simulate(&usual(), &adapters());

    let steps: Vec<String> = simulation
        .steps
        .iter()
        .map(|step| {
            format!("{} from {} to {}, {} calls", step.checkpoint, step.start, step.end, step.calls)
        })
        .collect();
    let milestones: Vec<String> = simulation
        .milestones
        .iter()
        .map(|due| format!("{} pays {} after {}", due.name, due.payout_bps, due.offset))
        .collect();
    let verdicts: Vec<String> = simulation
        .verdicts
        .iter()
        .map(|rule| format!("{} {:?}: {}", rule.rule, rule.verdict, rule.words))
        .collect();
    let shown =
        [steps.join("\n"), milestones.join("\n"), simulation.cost.basis, verdicts.join("\n")]
            .join("\n\n");
    insta::assert_snapshot!(shown, @r"
    planner:blueprint from 0 minutes to 2 hours, 13 calls
    dev:implementation from 2 hours to 5 hours 36 minutes, 22 calls
    analyst:market-report from 2 hours to 5 hours 36 minutes, 22 calls
    validator:signoff from 5 hours 36 minutes to 8 hours, 0 calls

    Blueprint pays 25 % after 2 hours
    Implementation pays 45 % after 5 hours 36 minutes
    Validation pays 30 % after 8 hours

    One call for each check-in and one for each deliverable. Low: 2,000 tokens a call. High: every call fills its adapter's context.

    payouts Pass: 3 milestones pay out the whole reward
    roles Pass: every one of 4 checkpoints has someone to reach it
    cadence Pass: 54 check-ins within 8 hours, one every 10 minutes for each agent at work
    idle-limit Pass: an agent may be silent for 20 minutes, and checks in every 10 minutes
    models Pass: every agent's model adapter is configured and has a price
    budget Pass: from $1.50 to $112.263168, within the cap of $7,500.00
    approvals Pass: 2 validators must agree to every payout
    tripwires Pass: every tripwire watches, and a trip halts the mission
    ");
    assert_eq!(simulation.check_ins.len(), 12 + 21 + 21);
    assert!(simulation.check_ins.is_sorted_by_key(|check_in| check_in.offset));
    // By hand: 13 · 262.144 · 0.012 + 22 · 131.072 · 0.018 + 22 · 98.304 · 0.009 dollars.
    let range = simulation.cost.range.unwrap();
    assert_eq!(range.low.to_string(), "$1.50");
    assert_eq!(range.high.to_string(), "$112.263168");
}

#[test]
fn a_simulation_never_runs_away() {
    let text = changed(
        JOB,
        &[
            ("\"maxDurationMinutes\": 480", "\"maxDurationMinutes\": 527040"),
            ("Minutes\": 10", "Minutes\": 1"),
        ],
    );
    let spec = spec::preview(&text).spec.unwrap();

    assert!(simulate(&spec, &adapters()).check_ins.len() <= 10_000);
}

/// Expected values were printed by Node.js 20, running the formula as the original has it.
#[test]
fn the_job_score_is_that_of_the_original() {
    for (multiplier, reward, minutes, interval, total) in SCORES {
        let text = changed(
            JOB,
            &[
                ("\"stakeMultiplier\": 3", &format!("\"stakeMultiplier\": {multiplier}")),
                ("\"rewardBps\": 1200", &format!("\"rewardBps\": {reward}")),
                ("\"maxDurationMinutes\": 480", &format!("\"maxDurationMinutes\": {minutes}")),
                (
                    "\"checkpointIntervalMinutes\": 10",
                    &format!("\"checkpointIntervalMinutes\": {interval}"),
                ),
            ],
        );
        let spec = spec::preview(&text).spec.unwrap();

        assert_eq!(
            score::job(&spec).total.to_string(),
            total,
            "{multiplier} {reward} {minutes} {interval}"
        );
    }
}

#[test]
fn the_parts_of_the_job_score_are_shown() {
    let score = score::job(&usual());

    let shown = [score.value, score.safety, score.duration, score.cadence, score.total]
        .map(|part| part.to_string());

    assert_eq!(shown, ["40.0", "12.0", "10.0", "30.0", "92.0"]);
}

const SCORES: [(&str, u32, u32, u32, &str); 37] = [
    ("3", 1200, 480, 10, "92.0"),
    ("2.275", 10000, 479, 7, "92.0"),
    ("1.05", 10000, 36, 13, "75.8"),
    ("1.15", 1200, 36, 13, "61.6"),
    ("1.05", 1200, 84, 13, "61.4"),
    ("2", 1200, 100, 1000, "50.4"),
    ("2.275", 10000, 84, 7, "83.8"),
    ("0.35", 1200, 100, 32, "39.7"),
    ("2.275", 333, 12, 13, "66.0"),
    ("2.2", 10000, 100, 13, "77.2"),
    ("0.35", 333, 12, 48, "26.0"),
    ("2.2", 333, 84, 1, "73.5"),
    ("2.2", 10000, 479, 1000, "62.3"),
    ("2.275", 5, 36, 32, "49.5"),
    ("2", 333, 84, 1000, "41.4"),
    ("1", 125, 36, 10, "56.0"),
    ("1", 0, 100, 16, "44.8"),
    ("0", 15, 479, 1000, "22.4"),
    ("0.35", 0, 100, 16, "37.0"),
    ("2.2", 10000, 36, 13, "75.8"),
    ("0.35", 125, 100, 13, "42.6"),
    ("0.35", 1200, 84, 16, "48.7"),
    ("2", 15, 36, 32, "46.3"),
    ("1", 1200, 479, 1, "76.0"),
    ("0.35", 10000, 100, 32, "63.5"),
    ("1.15", 15, 36, 10, "56.7"),
    ("0.1", 5, 100, 13, "38.4"),
    ("1.15", 333, 100, 16, "50.0"),
    ("0", 1200, 479, 48, "40.2"),
    ("0.1", 10000, 480, 1000, "62.3"),
    ("0.35", 1200, 1, 1000, "28.5"),
    ("1", 0, 84, 10, "55.8"),
    ("3", 1200, 100, 13, "77.2"),
    ("3", 10000, 84, 7, "83.8"),
    ("1", 15, 480, 13, "57.2"),
    ("0.35", 5, 84, 1, "48.0"),
    ("0", 10000, 100, 48, "60.3"),
];
