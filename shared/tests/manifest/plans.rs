//! Call plans: in the contract's order, only what differs, refused before anything is sent.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, B256, Bytes};
use phase8_shared::chain::decode::decode;
use phase8_shared::chain::manager::Registry;
use phase8_shared::chain::{Call, ContractName, Contracts, slug_key};
use phase8_shared::manifest::Manifest;
use phase8_shared::plan::{Plan, PlanRequest, RecordedRun, Route, plan, teardown};

use crate::support::{changed, read, usual};

/// 2026-11-23T06:37:00Z.
const NOW: u64 = 1_795_415_820;

fn request() -> PlanRequest {
    PlanRequest { now: NOW, record: None }
}

fn contracts() -> Contracts {
    Contracts::locate(|name| Address::with_last_byte(1 + name as u8))
}

fn planned(manifest: &Manifest, registry: &Registry) -> Plan {
    plan(manifest, Some(registry), &request()).expect("the manager takes it")
}

/// What the registry is after a call.
fn sent(registry: &mut Registry, data: &Bytes) {
    let to = contracts().address(ContractName::Manager);
    let call = decode(&contracts(), &Call { to, data: data.clone() }).expect("the call is known");
    let values: Vec<DynSolValue> = call.arguments.iter().map(|it| it.value.clone()).collect();
    registry.apply(call.function.name(), &values);
}

fn carried_out(plan: &Plan, registry: &Registry) -> Registry {
    let mut registry = registry.clone();
    for call in &plan.calls {
        sent(&mut registry, &call.data);
    }
    registry
}

fn shown(plan: &Plan) -> String {
    plan.calls.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_new_manager_is_told_everything_in_the_contracts_order() {
    let manifest = usual();

    let plan = plan(&manifest, None, &request()).unwrap();

    insta::assert_snapshot!(shown(&plan));
    let selectors: Vec<&[u8]> = plan.calls.iter().map(|call| &call.data[..4]).collect();
    let first: [&[u8]; 3] =
        [&[0x14, 0x69, 0xbf, 0x40], &[0xda, 0x9e, 0xc1, 0x40], &[0x9e, 0x0c, 0xb2, 0xbd]];
    assert_eq!(selectors[..3], first);
    assert_eq!(plan.unchanged, 0);
    let code: Vec<&str> = plan.code_needed.iter().map(|(field, _)| *field).collect();
    assert_eq!(code, ["guardianCouncil", "systemPause"]);
}

#[test]
fn ids_are_the_hash_of_the_slug_in_lower_case() {
    let manifest = read(&changed(&[
        ("\"slug\": \"capital-watch\"", "\"slug\": \"Capital-WATCH\""),
        ("[\"capital-watch\"]", "[\"Capital-Watch\"]"),
    ]));

    let plan = plan(&manifest, None, &request()).unwrap();

    let binding = plan.calls.iter().find(|call| {
        call.function == "setSentinelDomains" && call.slug.as_deref() == Some("Capital-WATCH")
    });
    let id = binding.and_then(|call| call.data.get(4..36)).map(B256::from_slice);
    assert_eq!(id, Some(slug_key("capital-watch")));
}

#[test]
fn a_second_plan_is_empty() {
    let manifest = usual();
    let first = plan(&manifest, None, &request()).unwrap();
    let registry = carried_out(&first, &Registry::empty());

    let second = planned(&manifest, &registry);

    assert!(second.is_empty(), "{}", shown(&second));
    // Parameters, council, switch, 7 domains, 5 sentinels, 4 streams, the plan.
    assert_eq!(second.unchanged, 3 + 7 + 5 + 4 + 1);
    assert!(second.left_over.is_empty() && second.code_needed.is_empty());
}

#[test]
fn only_what_differs_is_planned_and_undone_it_is_as_before() {
    let first = plan(&usual(), None, &request()).unwrap();
    let before = carried_out(&first, &Registry::empty());
    let manifest = read(&changed(&[
        ("\"maxDrawdownBps\": 3200", "\"maxDrawdownBps\": 3000"),
        ("\"tvlLimit\": \"420000000000000000000000000\"", "\"tvlLimit\": 5"),
        ("\"slug\": \"civic-beacon\"", "\"slug\": \"civic-lamp\""),
        ("[\"civic-beacon\"]", "[\"civic-lamp\"]"),
        (
            "\"knowledge-commons\", \"infrastructure-grid\"],\n      \"active\": true",
            "\"knowledge-commons\"],\n      \"active\": false",
        ),
        (
            "\"domains\": [\"planetary-finance\", \"knowledge-commons\"]",
            "\"domains\": [\"knowledge-commons\", \"planetary-finance\"]",
        ),
        ("\"cadenceSeconds\": 7200", "\"cadenceSeconds\": 3600"),
        (
            "\"expansionBps\": 500,\n      \"domains\": []",
            "\"expansionBps\": 500,\n      \"domains\": [\"infrastructure-grid\"]",
        ),
    ]));

    let plan = planned(&manifest, &before);

    insta::assert_snapshot!(shown(&plan));
    let left: Vec<&str> = plan.left_over.iter().map(|it| it.slug.as_str()).collect();
    assert_eq!(left, ["civic-beacon"], "nothing is removed");
    let after = carried_out(&plan, &before);
    assert!(planned(&manifest, &after).is_empty());
    let mut undone = after;
    for call in plan.calls.iter().rev() {
        sent(&mut undone, call.undo.as_ref().expect("each can be undone"));
    }
    assert_eq!(undone, before);
}

#[test]
fn a_run_that_only_the_chain_knows_is_never_taken_back() {
    let manifest = usual();
    let first = plan(&manifest, None, &request()).unwrap();
    let mut registry = carried_out(&first, &Registry::empty());
    let run = RecordedRun { executed_at: NOW - 60, report_uri: "ipfs://run".to_owned() };
    let recorded = plan(&manifest, Some(&registry), &PlanRequest { now: NOW, record: Some(run) });
    let recorded = recorded.unwrap();
    assert_eq!(shown(&recorded), "recordSelfImprovementExecution");
    registry = carried_out(&recorded, &registry);

    assert!(planned(&manifest, &registry).is_empty(), "the manifest's own run is older");
    let slower = read(&changed(&[("\"cadenceSeconds\": 7200", "\"cadenceSeconds\": 9000")]));
    let after = carried_out(&planned(&slower, &registry), &registry);
    let last = after.plan.iter().find(|field| field.name == "lastExecutedAt").unwrap();
    assert_eq!(last.value.as_uint().unwrap().0.to_string(), (NOW - 60).to_string());
}

#[test]
fn what_the_manager_would_refuse_is_named_before_anything_is_sent() {
    let changes: [&dyn Fn(&mut Manifest); 9] = [
        &|it| it.global.treasury = Address::ZERO,
        &|it| it.global.manifesto_hash = B256::ZERO,
        &|it| it.global.guardian_review_window = 0,
        &|it| it.global.system_pause = Address::ZERO,
        &|it| it.sentinels[1].coverage_seconds = 719,
        &|it| it.domains[2].slug = "PLANETARY-FINANCE".to_owned(),
        &|it| it.sentinels[0].domains.push("nowhere".to_owned()),
        &|it| it.capital_streams[0].domains.push("planetary-finance".to_owned()),
        &|it| {
            let plan = it.self_improvement.as_mut().and_then(|it| it.plan.as_mut()).unwrap();
            plan.last_executed_at = Some(NOW + 1);
            plan.plan_hash = B256::ZERO;
        },
    ];

    let refused = changes.map(|change| {
        let mut manifest = usual();
        change(&mut manifest);
        let refusals = plan(&manifest, None, &request()).expect_err("it is refused");
        refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    });

    insta::assert_snapshot!(refused.join("\n\n"));
}

#[test]
fn a_longer_window_is_told_first_and_holds_for_the_sentinels_after_it() {
    let first = plan(&usual(), None, &request()).unwrap();
    let before = carried_out(&first, &Registry::empty());
    let text = changed(&[
        ("\"guardianReviewWindow\": 720", "\"guardianReviewWindow\": 900"),
        ("\"coverageSeconds\": 720", "\"coverageSeconds\": 900"),
    ]);

    let plan = planned(&read(&text), &before);

    assert_eq!(
        shown(&plan),
        "setGlobalParameters (guardianReviewWindow)\nupdateSentinel horizon-scan (coverageSeconds)"
    );
    let undo = plan.calls.last().unwrap().undo.as_ref();
    assert_eq!(undo, None, "the manager would refuse the shorter coverage now");
}

#[test]
fn a_teardown_takes_away_what_the_manifest_does_not_have_and_nothing_else() {
    let first = plan(&usual(), None, &request()).unwrap();
    let registry = carried_out(&first, &Registry::empty());
    let mut manifest = usual();
    manifest.domains.pop();
    manifest.sentinels.pop();

    let some = teardown(&registry, Some(&manifest), NOW).unwrap();
    let everything = teardown(&registry, None, NOW).unwrap();

    assert_eq!(shown(&some), "removeSentinel horizon-scan\nremoveDomain civic-resilience");
    assert_eq!(everything.calls.len(), 7 + 5 + 4);
    let after = carried_out(&everything, &registry);
    assert!(after.domains.is_empty() && after.sentinels.is_empty() && after.streams.is_empty());
    assert!(everything.calls.iter().all(|call| call.undo.is_some()));
}

#[test]
fn calls_go_through_the_door_where_the_door_governs() {
    let contracts = contracts();
    let plan = plan(&usual(), None, &request()).unwrap();
    let call = plan.calls.first().unwrap();

    let door = Route::to(contracts.manager, contracts.owner_proxy, &contracts).call(call);
    let direct = Route::to(contracts.manager, Address::repeat_byte(7), &contracts).call(call);

    let path = decode(&contracts, &door).unwrap().path();
    assert_eq!(path, "OwnerProxy.execute → Phase8UniversalValueManager.setGlobalParameters");
    assert_eq!((direct.to, &direct.data), (contracts.manager, &call.data));
    assert_eq!(call.lever().effect(&contracts), direct);
}
