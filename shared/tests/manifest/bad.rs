//! Manifests with one thing wrong: what is said, and where.

use alloy_primitives::Address;
use phase8_shared::chain::Contracts;
use phase8_shared::manifest::{self, Resolver};
use phase8_shared::policy::read_policies;

use crate::support::{changed, found_after, shown};

/// One thing that is wrong, and what is found then. Every finding that blocks says what the contract or the format refuses.
type Case = (&'static str, &'static [(&'static str, &'static str)]);

const CASES: &[Case] = &[
    (
        "a zero treasury",
        &[(
            "0x278693030c2d7a4540cf86991e4b5083dad1b693",
            "0x0000000000000000000000000000000000000000",
        )],
    ),
    (
        "a mistyped address",
        &[(
            "0x468603D798B4AEA92e7aa06493982F22804eBbEf",
            "0x468603D798B4AEA92e7aa06493982F22804eBbee",
        )],
    ),
    (
        "a short address",
        &[(
            "0x278693030c2d7a4540cf86991e4b5083dad1b693",
            "0x278693030c2d7a4540cf86991e4b5083dad1b6",
        )],
    ),
    (
        "a review window of zero",
        &[("\"guardianReviewWindow\": 720", "\"guardianReviewWindow\": 0")],
    ),
    ("a heartbeat of zero", &[("\"heartbeatSeconds\": 300", "\"heartbeatSeconds\": 0")]),
    ("a drawdown over the whole", &[("\"maxDrawdownBps\": 3200", "\"maxDrawdownBps\": 10001")]),
    ("autonomy over the whole", &[("\"autonomyLevelBps\": 7800", "\"autonomyLevelBps\": 10001")]),
    ("autonomy over the cap", &[("\"autonomyLevelBps\": 7800", "\"autonomyLevelBps\": 8001")]),
    ("sensitivity over the whole", &[("\"sensitivityBps\": 450", "\"sensitivityBps\": 12000")]),
    ("expansion over the whole", &[("\"expansionBps\": 1250", "\"expansionBps\": 10050")]),
    (
        "a manifesto hash of zero",
        &[(
            "0xdfc290e6adcb7d518d37ed43e1191118bbb9960a4195ffd314ae4d9cb08a2d8f",
            "0x0000000000000000000000000000000000000000000000000000000000000000",
        )],
    ),
    ("no manifesto hash", &[("\"manifestoHash\"", "\"manifestoHsah\"")]),
    (
        "a sentinel shorter than the window",
        &[("\"coverageSeconds\": 900", "\"coverageSeconds\": 719")],
    ),
    (
        "a plan without a scheme",
        &[("ipfs://phase8/self-improvement/plan.json", "phase8/plan.json")],
    ),
    (
        "a description without a scheme",
        &[("ipfs://phase8/domains/planetary-finance.json", "planetary-finance.json")],
    ),
    (
        "a plan more often than the heartbeat",
        &[("\"cadenceSeconds\": 7200", "\"cadenceSeconds\": 539")],
    ),
    (
        "a moment in milliseconds",
        &[("\"lastExecutedAt\": 1790000400", "\"lastExecutedAt\": 1790000400000")],
    ),
    (
        "a slug that does not exist",
        &[(
            "\"domains\": [\"planetary-finance\", \"knowledge-commons\"]",
            "\"domains\": [\"planetary-finance\", \"knowlege-commons\"]",
        )],
    ),
    (
        "a sentinel that does not exist",
        &[("\"linkedSentinels\": [\"capital-watch\"]", "\"linkedSentinels\": [\"nobody\"]")],
    ),
    (
        "a domain bound twice",
        &[(
            "\"domains\": [\"planetary-finance\", \"knowledge-commons\"]",
            "\"domains\": [\"planetary-finance\", \"Planetary-Finance\"]",
        )],
    ),
    (
        "two slugs that differ by case",
        &[("\"slug\": \"climate-harmonizer\"", "\"slug\": \"Planetary-Finance\"")],
    ),
    (
        "a protocol about nothing",
        &[("\"linkedSentinels\": [\"horizon-scan\"]", "\"linkedSentinels\": []")],
    ),
    (
        "a protocol without actions",
        &[("\"communications\": [\"Tell the owner\"]", "\"communications\": []")],
    ),
    ("a severity that is none", &[("\"severity\": \"critical\"", "\"severity\": \"dire\"")]),
    ("no guards", &[("\"autonomyGuards\"", "\"guards\"")]),
    ("no protocols", &[("\"guardianProtocols\"", "\"protocols\"")]),
    ("tiers out of order", &[("\"durationHours\": 8,", "\"durationHours\": 4,")]),
    ("a slash of zero", &[("\"slashMultiplier\": 1\n", "\"slashMultiplier\": 0\n")]),
    ("a session twice too long", &[("\"maxHours\": 8", "\"maxHours\": 16.01")]),
    ("a session past the threshold", &[("\"maxHours\": 8", "\"maxHours\": 8.5")]),
    (
        "checkpoints rarer than check ins",
        &[("\"checkpointCadenceMinutes\": 20", "\"checkpointCadenceMinutes\": 31")],
    ),
    (
        "a specialist past the override",
        &[("\"maxAutonomyMinutes\": 15", "\"maxAutonomyMinutes\": 16")],
    ),
    ("resilience over one", &[("\"resilienceIndex\": 0.96", "\"resilienceIndex\": 1.2")]),
    (
        "value below zero",
        &[("\"valueFlowMonthlyUSD\": 245000000000", "\"valueFlowMonthlyUSD\": -1")],
    ),
    ("a limit that is no number", &[("\"420000000000000000000000000\"", "\"42 million\"")]),
    (
        "a limit that doubles round",
        &[("\"420000000000000000000000000\"", "420000000000000000000000000")],
    ),
    (
        "a stream with a fraction",
        &[("\"annualBudget\": 890000000000", "\"annualBudget\": 890000000000.5")],
    ),
    ("an entry switched off", &[("\"active\": true", "\"active\": false")]),
    ("an entry that is no object", &[("\"capitalStreams\": [", "\"capitalStreams\": [7,")]),
    (
        "a placeholder that nothing resolves",
        &[("0x278693030c2d7a4540cf86991e4b5083dad1b693", "0xTreasury")],
    ),
    ("broken json", &[("\"domains\": [", "\"domains\": [,")]),
];

#[test]
fn each_thing_that_is_wrong_is_named_with_its_place() {
    let report: Vec<String> = CASES
        .iter()
        .map(|(what, changes)| {
            let found = found_after(changes);
            assert_ne!(found, "nothing", "{what}");
            format!("# {what}\n{found}\n")
        })
        .collect();
    insta::assert_snapshot!(report.join("\n"));
}

#[test]
fn a_domain_that_nobody_watches_funds_and_guards_is_named() {
    let found = found_after(&[
        (
            "\"coverageSeconds\": 720,\n      \"sensitivityBps\": 650,\n      \"domains\": []",
            "\"coverageSeconds\": 720,\n      \"sensitivityBps\": 650,\n      \"domains\": [\"planetary-finance\"]",
        ),
        (
            "\"expansionBps\": 500,\n      \"domains\": []",
            "\"expansionBps\": 500,\n      \"domains\": [\"planetary-finance\"]",
        ),
        ("\"civic-resilience\", \"infrastructure-grid\"]", "\"infrastructure-grid\"]"),
        ("\"health-continuum\", \"civic-resilience\"]", "\"health-continuum\"]"),
        ("\"linkedDomains\": [\"civic-resilience\"]", "\"linkedDomains\": [\"food-and-water\"]"),
    ]);
    insta::assert_snapshot!(found);
}

#[test]
fn an_empty_manifest_is_told_what_it_lacks() {
    let findings = manifest::preview(r#"{"global": {}, "domains": []}"#, Resolver::default());
    insta::assert_snapshot!(shown(&findings.findings));
    assert!(findings.manifest.is_some(), "and is shown as far as it goes");
}

#[test]
fn a_name_in_place_of_an_address_is_resolved_and_warned_about() {
    let policies = include_str!("../../../configs/governance-policies.json");
    let policies = read_policies(policies).into_result().unwrap().0;
    let contracts = Contracts::locate(|name| Address::with_last_byte(1 + name as u8));
    let text = changed(&[
        ("0x66Db6d191cd163F56197b767928A507dF8b47AA7", "0xSystemPause"),
        ("0xac1b1fa6521271f07f2610e99914cc0b3d9dff57", "0xPauseGuardian"),
    ]);

    let resolver = Resolver { policies: Some(&policies), contracts: Some(&contracts) };
    let loaded = manifest::read(&text, resolver);

    insta::assert_snapshot!(shown(&loaded.findings));
    let manifest = loaded.value.unwrap();
    assert_eq!(manifest.global.system_pause, contracts.system_pause);
    // The deployment's own contract is nearer than the account that the policies name.
    assert_eq!(manifest.global.mission_control, contracts.pause_guardian);
}
