//! Forms, checks and undos of the manager.

use alloy_primitives::U256;
use proptest::prelude::*;

use super::super::decode::{self, FUNCTIONS, decode};
use super::super::field::NamedCall;
use super::super::{Change, Circumstances, Intent, Lever, slug_key};
use super::samples::{
    NOW, answers, bad_calls, calls, contracts, domain, empty, plan, registry, sentinel, uint,
};
use super::*;

fn made(function: &str, values: &[DynSolValue]) -> Lever {
    lever(function, values.to_vec(), &registry(), NOW)
        .unwrap_or_else(|errors| panic!("{function}: {errors:?}"))
}

fn lines(lever: &Lever) -> Vec<(String, String)> {
    let around = Circumstances {
        chain_id: 31337,
        nonce: U256::ZERO,
        deadline: NOW + 60,
        delay: 60,
        salt: B256::ZERO,
    };
    let intent = Intent::new(lever.clone(), &contracts(), around);
    let decoded = decode(&contracts(), &intent.transaction()).unwrap();
    assert!(decoded.path().starts_with("OwnerProxy.execute → Phase8UniversalValueManager."));
    decoded.innermost().first().unwrap().lines()
}

#[test]
fn the_registry_is_what_the_manager_answers() {
    let registry = registry();

    assert_eq!(Registry::calls(&contracts()).len(), answers().len());
    assert_eq!(registry.binding_calls(&contracts()).len(), 2);
    let domain = registry.find(EntryKind::Domain, slug_key("EARTH-grid")).unwrap();
    assert_eq!(
        (domain.slug(), domain.name(), domain.is_active()),
        ("Earth-Grid", "The Earth-Grid", true)
    );
    assert_eq!(domain.config(), samples::domain("Earth-Grid"));
    assert_eq!(
        registry.bound_to(domain.id).map(Entry::slug).collect::<Vec<_>>(),
        ["watch", "fund"]
    );
    assert!(registry.has_parameters() && registry.has_plan());
    assert!(!empty().has_parameters() && !empty().has_plan());
    assert_eq!(registry.names(Names::default()).of(slug_key("fund")), "fund");
}

#[test]
fn answers_that_are_none_are_refused_by_name() {
    let with = |at: usize, answer: ReadValue| {
        let mut answers = answers();
        *answers.get_mut(at).unwrap() = answer;
        Registry::read(&answers).unwrap_err().to_string()
    };
    let nothing = ReadValue::Returned { data: alloy_primitives::Bytes::new() };
    let reverted = ReadValue::Reverted { data: vec![].into(), why: "out of gas".to_owned() };
    let mut long = answers().first().unwrap().returned().unwrap().to_vec();
    long.push(0);

    for (error, words) in [
        (with(0, nothing), "the manager's answer to listDomains is not one: is the address right?"),
        (with(3, reverted), "the manager does not answer globalParameters: out of gas"),
        (
            with(0, ReadValue::Returned { data: long.into() }),
            "the manager's answer to listDomains is not one: is the address right?",
        ),
        (Registry::read(&[]).unwrap_err().to_string(), "0 answers came for 8 questions"),
        (registry().bind(&[]).unwrap_err().to_string(), "0 answers came for 2 questions"),
    ] {
        assert_eq!(error, words);
    }
}

#[test]
fn every_function_of_the_manager_is_covered() {
    let mut declared: Vec<&str> = FUNCTIONS
        .iter()
        .filter(|function| function.contract == ContractName::Manager)
        .map(decode::Function::name)
        .filter(|name| *name != "forwardPauseCall")
        .collect();
    let mut sampled: Vec<&str> = calls().into_iter().map(|(function, _)| function).collect();
    declared.sort_unstable();
    sampled.sort_unstable();

    assert_eq!(sampled, declared);
}

#[test]
fn every_call_decodes_behind_the_door_to_the_values_it_was_made_of() {
    for (function, values) in calls() {
        let lever = made(function, &values);
        let Lever::Change(change) = &lever else { panic!("a change") };

        assert_eq!(change.function().unwrap().name(), function);
        let read = NamedCall::read(ContractName::Manager, &change.data).unwrap();
        let said: Vec<String> = lines(&lever).into_iter().map(|(_, value)| value).collect();
        let given: Vec<String> =
            read.arguments.iter().map(|(_, value)| decode::words(value)).collect();
        assert_eq!(said, given, "{function}");
    }
}

#[test]
fn undoing_twice_is_what_was_asked_first() {
    for (function, values) in calls() {
        let lever = made(function, &values);
        if matches!(function, "setGovernance" | "transferOwnership") {
            assert_eq!(lever.inverse(), None, "{function} cannot be undone");
            continue;
        }
        let undo = lever.inverse().unwrap_or_else(|| panic!("{function} has no undo"));
        assert_eq!(undo.inverse(), Some(lever), "{function}");
        lines(&undo);
    }
}

#[test]
fn an_undo_restores_what_is_there_now() {
    for (function, undo, arguments) in [
        ("updateDomain", "updateDomain", vec![slug_key("earth-grid").into(), domain("Earth-Grid")]),
        ("removeSentinel", "registerSentinel", vec![sentinel("watch")]),
        ("registerDomain", "removeDomain", vec![slug_key("new one").into()]),
        (
            "setCapitalStreamStatus",
            "setCapitalStreamStatus",
            vec![slug_key("fund").into(), false.into()],
        ),
        (
            "recordSelfImprovementExecution",
            "setSelfImprovementPlan",
            vec![DynSolValue::Tuple(plan())],
        ),
        (
            "updateRiskParameters",
            "updateRiskParameters",
            vec![uint(300, 64), uint(3_600, 64), uint(1_500, 256)],
        ),
        (
            "configureDomainLimits",
            "configureDomainLimits",
            vec![
                slug_key("earth-grid").into(),
                uint(5_000_000, 256),
                uint(8_000, 256),
                uint(600, 64),
            ],
        ),
    ] {
        let (_, values) = calls().into_iter().find(|(name, _)| *name == function).unwrap();
        let Some(Lever::Change(Change { data, .. })) = made(function, &values).inverse() else {
            panic!("{function} has no undo")
        };
        let (row, _) = decode::find_named(ContractName::Manager, undo).unwrap();
        assert_eq!(Some(data), decode::encode(row, arguments), "{function}");
    }
}

#[test]
fn nothing_undoes_the_first_of_what_cannot_be_unset() {
    for function in [
        "setGlobalParameters",
        "updateManifesto",
        "updateRiskParameters",
        "setGuardianCouncil",
        "setSystemPause",
        "setSelfImprovementPlan",
    ] {
        let (_, values) = calls().into_iter().find(|(name, _)| *name == function).unwrap();
        let lever = lever(function, values, &empty(), NOW).unwrap();
        assert_eq!(lever.inverse(), None, "{function}");
    }
}

#[test]
fn a_sentinel_that_falls_short_of_todays_window_is_not_brought_back() {
    let mut registry = registry();
    let window = registry.parameters.iter_mut().find(|it| it.name == "guardianReviewWindow");
    window.unwrap().value = uint(7_201, 64);

    let lever = lever("removeSentinel", vec![slug_key("watch").into()], &registry, NOW).unwrap();

    assert_eq!(lever.inverse(), None);
}

#[test]
fn what_a_removal_unbinds_is_bound_again_afterwards() {
    let bound = |lever: &Lever| {
        let Lever::Change(change) = lever else { panic!("a change") };
        let call = NamedCall::read(ContractName::Manager, &change.data).unwrap();
        let count = call.get("domainIds").and_then(DynSolValue::as_array).unwrap().len();
        (call.function.name(), call.key("id").unwrap(), count)
    };
    let again = |function: &str, slug: &str| {
        let lever = made(function, &[slug_key(slug).into()]);
        let ups = follow_ups(&lever, &registry());
        ups.iter().map(|it| (bound(it), bound(&it.inverse().unwrap()).2)).collect::<Vec<_>>()
    };

    assert_eq!(
        again("removeDomain", "earth-grid"),
        [
            (("setSentinelDomains", slug_key("watch"), 1), 0),
            (("setCapitalStreamDomains", slug_key("fund"), 2), 1),
        ]
    );
    assert_eq!(
        again("removeCapitalStream", "fund"),
        [(("setCapitalStreamDomains", slug_key("fund"), 2), 0)]
    );
    assert_eq!(follow_ups(&Lever::PauseFleet, &registry()), []);
}

#[test]
fn a_form_is_filled_in_with_what_is_there() {
    let registry = registry();
    let text = |form: &Form, name: &str| {
        form.inputs.iter().find(|input| input.name == name).unwrap().text.clone()
    };
    let entry = registry.domains.first().unwrap();

    let update = Form::new("updateDomain", &registry, Some(entry)).unwrap();
    let status = Form::new("setDomainStatus", &registry, Some(entry)).unwrap();
    let bind = Form::new("setSentinelDomains", &registry, registry.sentinels.first()).unwrap();
    let fresh = Form::new("registerDomain", &registry, None).unwrap();

    assert_eq!(update.inputs.len(), 12);
    assert!(update.inputs.first().unwrap().given);
    assert_eq!(text(&update, "tvlLimit"), "5000000");
    assert_eq!(text(&status, "active"), "false");
    assert_eq!(text(&bind, "domainIds"), slug_key("earth-grid").to_string());
    assert_eq!(
        bind.inputs.get(1).unwrap().choices.last().unwrap().label,
        "The sea-lanes (sea-lanes)"
    );
    assert_eq!((text(&fresh, "slug"), text(&fresh, "active")), (String::new(), "true".to_owned()));
    assert_eq!(Form::new("forwardPauseCall", &registry, None), None);
    let heartbeat = update.inputs.iter().find(|input| input.name == "heartbeatSeconds").unwrap();
    assert_eq!(
        (heartbeat.label.as_str(), heartbeat.unit.hint(), heartbeat.reading(&Names::default())),
        ("Heartbeat", "seconds", Some("10 minutes".to_owned()))
    );
}

#[test]
fn a_form_says_what_is_wrong_beside_the_field() {
    let registry = registry();
    let form = Form::new("registerDomain", &registry, None)
        .unwrap()
        .with("slug", "SEA-lanes")
        .with("orchestrator", "0x12")
        .with("heartbeatSeconds", "soon");

    let said: Vec<String> =
        form.check(&registry, NOW).iter().map(|it| format!("{}: {}", it.field, it.what)).collect();

    assert_eq!(
        said.first().map(String::as_str),
        Some("orchestrator: an address is 0x and 40 hex digits")
    );
    assert!(said.contains(&"heartbeatSeconds: write a whole number, digits only".to_owned()));
    let bound = Form::new("setSentinelDomains", &registry, registry.sentinels.first())
        .unwrap()
        .with("domainIds", "sea-lanes\nSea-Lanes, ");
    let wrong = bound.check(&registry, NOW);
    assert_eq!(wrong.first().unwrap().what, Complaint::BoundTwice(slug_key("sea-lanes")));
}

#[test]
fn every_complaint_is_one_of_the_contract() {
    let path = format!(
        "{}/../contracts/artifacts/Phase8UniversalValueManager.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let artifact: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let errors: Vec<&str> = artifact["abi"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["type"] == "error")
        .filter_map(|item| item["name"].as_str())
        .collect();
    for (function, values, field, expected) in bad_calls() {
        let found = check(function, &values, &registry(), NOW);
        let [one] = found.as_slice() else { panic!("{function}.{field}: {found:?}") };
        assert_eq!((one.field, one.what.contract_error()), (field, Some(expected)), "{function}");
        assert!(errors.contains(&expected), "the manager has no {expected}");
    }
}

#[test]
fn calls_that_are_none_of_the_forms_are_refused() {
    for (function, values) in [
        ("forwardPauseCall", vec![DynSolValue::Bytes(vec![1, 2, 3, 4])]),
        ("selfDestruct", Vec::new()),
        ("removeDomain", vec![true.into()]),
        ("removeDomain", Vec::new()),
    ] {
        let found = check(function, &values, &registry(), NOW);
        assert_eq!(found.first().unwrap().what, Complaint::UnknownFunction, "{function}");
    }
}

fn words() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9äß,\" \\n-]{1,40}"
}

fn address() -> impl Strategy<Value = DynSolValue> {
    (1_u8.., any::<[u8; 19]>()).prop_map(|(first, rest)| {
        let mut bytes = [first; 20];
        bytes.iter_mut().skip(1).zip(rest).for_each(|(byte, other)| *byte = other);
        Address::from(bytes).into()
    })
}

prop_compose! {
    fn any_domain()(
        slug in words(), name in words(), uri in words(),
        at in prop::collection::vec(address(), 4),
        heartbeat in 1_u64.., limit in any::<[u8; 32]>(), bps in 0_u64..=10_000, active in any::<bool>(),
    ) -> DynSolValue {
        let mut values = vec![slug.into(), name.into(), uri.into()];
        values.extend(at);
        values.extend([
            uint(heartbeat, 64),
            DynSolValue::Uint(U256::from_be_bytes(limit), 256),
            uint(bps, 256),
            active.into(),
        ]);
        DynSolValue::Tuple(values)
    }
}

prop_compose! {
    fn any_parameters()(
        at in prop::collection::vec(address(), 6), heartbeat in 1_u64.., window in 1_u64..,
        bps in 0_u64..=10_000, uri in words(), hash in any::<[u8; 32]>(),
    ) -> DynSolValue {
        let mut values = at;
        values.extend([uint(heartbeat, 64), uint(window, 64), uint(bps, 256)]);
        values.extend([uri.into(), B256::from(hash).into()]);
        DynSolValue::Tuple(values)
    }
}

/// Fills a form with values as people would write them, and reads it.
fn through_form(function: &str, values: &[DynSolValue]) -> Vec<DynSolValue> {
    let registry = registry();
    let mut form = Form::new(function, &registry, None).unwrap();
    let (_, parameters) = decode::find_named(ContractName::Manager, function).unwrap();
    for (name, value) in super::super::field::by_name(&parameters, values) {
        let lines = value
            .as_array()
            .map(|items| items.iter().map(decode::words).collect::<Vec<_>>().join("\n"));
        let text = lines.unwrap_or_else(|| decode::words(&value));
        form = form.with(name, text);
    }
    form.read().unwrap_or_else(|errors| panic!("{function}: {errors:?}"))
}

#[test]
fn every_form_reads_what_is_written_into_it() {
    for (function, values) in calls() {
        let read = through_form(function, &values);
        assert_eq!(read, values, "{function}");
        assert_eq!(lines(&made(function, &read)), lines(&made(function, &values)));
    }
}

proptest! {
    #[test]
    fn any_domain_goes_through_form_bytes_and_back(config in any_domain()) {
        let values = vec![config];
        prop_assert_eq!(&through_form("registerDomain", &values), &values);
        let lever = made("registerDomain", &values);
        let Lever::Change(change) = &lever else { panic!("a change") };
        let call = NamedCall::read(ContractName::Manager, &change.data).unwrap();
        let fields = values.first().and_then(DynSolValue::as_tuple).unwrap();
        prop_assert!(call.arguments.iter().map(|(_, value)| value).eq(fields));
        prop_assert_eq!(lever.inverse().and_then(|undo| undo.inverse()), Some(lever));
    }

    #[test]
    fn any_parameters_are_restored_by_their_undo(now in any_parameters(), new in any_parameters()) {
        let mut registry = registry();
        for (field, value) in registry.parameters.iter_mut().zip(now.as_tuple().unwrap()) {
            field.value = value.clone();
        }
        let made = lever("setGlobalParameters", vec![new], &registry, NOW).unwrap();
        let Some(Lever::Change(undo)) = made.inverse() else { panic!("an undo") };
        let call = NamedCall::read(ContractName::Manager, &undo.data).unwrap();
        prop_assert!(call.arguments.iter().map(|(_, value)| value).eq(now.as_tuple().unwrap()));
    }
}
