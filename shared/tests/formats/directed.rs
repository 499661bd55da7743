//! Directives and extensions become levers.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, B256, Bytes, U256};
use phase8_shared::chain::decode::{Function, decode};
use phase8_shared::chain::{Call, Change, ContractName, Contracts, Lever, module_key, slug_key};
use phase8_shared::policy::{
    ContractExtensions, OwnerDirectives, StageError, Standing, read_directives, read_extensions,
};

use crate::support::{DIRECTIVES, EXTENSIONS, changed, shown};

fn contracts() -> Contracts {
    Contracts::locate(|name| Address::with_last_byte(1 + name as u8))
}

fn directives(text: &str) -> OwnerDirectives {
    read_directives(text).into_result().expect("the directives load").0
}

fn extensions(text: &str) -> ContractExtensions {
    read_extensions(text, None).into_result().expect("the extensions load").0
}

/// What the chain says: the risk parameters, one domain, and the plan.
fn current(function: &'static Function, domain: Option<&str>) -> Option<Vec<DynSolValue>> {
    let number = |number: u64, bits| DynSolValue::Uint(U256::from(number), bits);
    Some(match (function.name(), domain) {
        ("updateRiskParameters", None) => {
            vec![number(600, 64), number(900, 64), number(2_000, 256)]
        }
        ("configureDomainLimits", Some(domain)) => vec![
            slug_key(domain).into(),
            number(1_000_000, 256),
            number(7_800, 256),
            number(300, 64),
        ],
        ("setSelfImprovementPlan", None) => vec![DynSolValue::Tuple(vec![
            DynSolValue::String("ipfs://plan".to_owned()),
            B256::repeat_byte(7).into(),
            number(3_600, 64),
            number(1_700_000_000, 64),
            DynSolValue::String("ipfs://report".to_owned()),
        ])],
        _ => return None,
    })
}

fn lines(data: &Bytes) -> String {
    let call = Call { to: contracts().manager, data: data.clone() };
    let decoded = decode(&contracts(), &call).expect("the manager has this call");
    let lines = decoded.lines().into_iter().map(|(name, value)| format!("{name} = {value}"));
    format!("{}: {}", decoded.path(), lines.collect::<Vec<_>>().join(", "))
}

#[test]
fn the_usual_plans_load_and_are_written_back() {
    for (text, written) in [
        (DIRECTIVES, serde_json::to_value(directives(DIRECTIVES)).unwrap()),
        (EXTENSIONS, serde_json::to_value(extensions(EXTENSIONS)).unwrap()),
    ] {
        let mut file: serde_json::Value = serde_json::from_str(text).unwrap();
        file.as_object_mut().unwrap().remove("$schema");
        // Addresses are written in small letters.
        assert_eq!(written.to_string().to_lowercase(), file.to_string().to_lowercase());
    }
    let again: OwnerDirectives =
        serde_json::from_value(serde_json::to_value(directives(DIRECTIVES)).unwrap()).unwrap();
    assert_eq!(again, directives(DIRECTIVES));
    let findings = read_directives(DIRECTIVES).findings;
    assert!(findings.iter().all(|finding| finding.code == "placeholder"), "{}", shown(&findings));
}

#[test]
fn parameters_that_one_call_sets_are_changed_together() {
    let directives = directives(DIRECTIVES);

    let state = directives.state(current);

    let changes: Vec<String> = state
        .changes
        .iter()
        .map(|change| {
            let Lever::Change(Change { contract, data, undo }) = &change.lever else {
                panic!("a change")
            };
            assert_eq!(*contract, ContractName::Manager);
            let undo = undo.as_ref().expect("what is there now can be restored");
            format!("{}\n  undone by {}", lines(data), lines(undo))
        })
        .collect();
    insta::assert_snapshot!(changes.join("\n"), @r"
    Phase8UniversalValueManager.updateRiskParameters: heartbeatSeconds = 540, guardianReviewWindow = 720, maxDrawdownBps = 2000
      undone by Phase8UniversalValueManager.updateRiskParameters: heartbeatSeconds = 600, guardianReviewWindow = 900, maxDrawdownBps = 2000
    Phase8UniversalValueManager.setSelfImprovementPlan: plan.planURI = ipfs://plan, plan.planHash = 0x0707070707070707070707070707070707070707070707070707070707070707, plan.cadenceSeconds = 7200, plan.lastExecutedAt = 1700000000, plan.lastReportURI = ipfs://report
      undone by Phase8UniversalValueManager.setSelfImprovementPlan: plan.planURI = ipfs://plan, plan.planHash = 0x0707070707070707070707070707070707070707070707070707070707070707, plan.cadenceSeconds = 3600, plan.lastExecutedAt = 1700000000, plan.lastReportURI = ipfs://report
    ");
    let standings: Vec<String> =
        state.standings.iter().map(|(it, standing)| format!("{}: {standing:?}", it.name)).collect();
    insta::assert_snapshot!(standings.join("\n"), @r"
    Guardian review window: Off { now: 900 }
    Heartbeat: Off { now: 600 }
    Autonomy of planetary finance: Reached { now: 7800 }
    Self-improvement cadence: Off { now: 3600 }
    ");
}

#[test]
fn what_is_as_desired_or_cannot_be_read_has_no_lever() {
    let directives = directives(DIRECTIVES);

    let unread = directives.state(|_, _| None);
    let reached = directives.state(|function, domain| {
        let mut values = current(function, domain)?;
        match function.name() {
            "updateRiskParameters" => {
                values[0] = DynSolValue::Uint(U256::from(540), 64);
                values[1] = DynSolValue::Uint(U256::from(720), 64);
                Some(values)
            }
            _ => None,
        }
    });

    assert!(unread.changes.is_empty());
    assert!(unread.standings.iter().all(|(_, standing)| *standing == Standing::Unread));
    assert!(reached.changes.is_empty());
    assert_eq!(reached.standings[0].1, Standing::Reached { now: U256::from(720) });
}

/// The original's files name functions that no contract ever had; what stands at the path is changed all the same.
#[test]
fn directives_of_the_original_find_the_function_that_exists() {
    let risk = "updateRiskParameters(uint64,uint64,uint256)";
    let text = changed(
        DIRECTIVES,
        &[(risk, "setGuardianReviewWindow(uint256)"), (risk, "setGlobalHeartbeat(uint256)")],
    );
    let directives = directives(&text);

    let state = directives.state(current);

    let names: Vec<&str> = state.changes.iter().map(|change| change.function.name()).collect();
    assert_eq!(names, ["updateRiskParameters", "setSelfImprovementPlan"]);
    assert_eq!(state.changes[0].parameters.len(), 2);
}

#[test]
fn a_parameter_that_no_contract_holds_is_shown_only() {
    let risk = "updateRiskParameters(uint64,uint64,uint256)";
    let path = "selfImprovement.autonomyGuards.maxAutonomyBps";
    let text = changed(
        DIRECTIVES,
        &[(risk, "setAutonomyCap(uint16)"), ("global.guardianReviewWindow", path)],
    );
    let directives = directives(&text);

    let state = directives.state(current);

    assert_eq!(state.standings[0].1, Standing::OffChain);
    assert_eq!(state.changes[0].parameters.len(), 1, "the heartbeat alone");
}

#[test]
fn a_surface_is_found_on_the_deployment() {
    let directives = directives(DIRECTIVES);

    let manager = directives.surface("phase8Manager").unwrap();

    assert_eq!(manager.locate(&contracts()), Some(contracts().manager));
    let titles: Vec<_> = manager.methods.iter().map(|method| method.title().unwrap()).collect();
    assert_eq!(titles, ["Risk Parameters", "Domain Limits", "Self-Improvement Plan"]);
}

#[test]
fn an_extension_is_staged_and_activated_with_a_way_back() {
    let extensions = extensions(EXTENSIONS);
    let first = &extensions.extensions[0];
    let path = |lever: &Lever| {
        let decoded = decode(&contracts(), &lever.effect(&contracts())).unwrap();
        let lines = decoded.lines().into_iter().map(|(name, value)| format!("{name} = {value}"));
        format!("{}: {}", decoded.path(), lines.collect::<Vec<_>>().join(", "))
    };

    let (stage, activate) = (first.stage(&contracts()).unwrap(), first.activate());

    assert_eq!(first.module_id(), module_key("SentinelOrchestrator"));
    assert!(!stage.is_delayed() && activate.is_delayed());
    let back = [stage.inverse().unwrap(), activate.inverse().unwrap()];
    let paths = [&stage, &back[0], &activate, &back[1]].map(path);
    insta::assert_snapshot!(paths.join("\n"), @r"
    UpgradeCoordinator.stageExtension: module = 0x6cf56208b963b28f5ac3b1e9f792d166c95e511140abd72f48ca8ea0718881aa, implementation = 0x000000000000000000000000000000000000000d, pauseBeforeUpgrade = true, upgradeWindow = 21600, initializer = 0x
    UpgradeCoordinator.withdrawExtension: module = 0x6cf56208b963b28f5ac3b1e9f792d166c95e511140abd72f48ca8ea0718881aa
    UpgradeCoordinator.activateExtension: module = 0x6cf56208b963b28f5ac3b1e9f792d166c95e511140abd72f48ca8ea0718881aa
    UpgradeCoordinator.retireExtension: module = 0x6cf56208b963b28f5ac3b1e9f792d166c95e511140abd72f48ca8ea0718881aa
    ");
}

#[test]
fn an_extension_that_the_coordinator_would_refuse_is_not_staged() {
    let text = changed(EXTENSIONS, &[("\"initializer\": \"0x\"", "\"initializer\": \"0x1234\"")]);

    let refused = extensions(&text).extensions[0].stage(&contracts());

    assert_eq!(refused, Err(StageError::InitializerTooShort(2)));
}
