//! What a form refuses, the manager refuses with the error that the form names; what it lets pass, the manager takes.

use alloy::primitives::{Address, B256, U256, keccak256};
use phase8_shared::api::SimulatedOutcome;
use phase8_shared::chain::difference::{Signer, Stage};
use phase8_shared::chain::field::DynSolValue;
use phase8_shared::chain::manager::{self, EntryKind, Form};
use phase8_shared::chain::{ContractName, Lever, slug_key};
use serde_json::Value;

use super::watched::{DOMAIN, SENTINEL, SOMEBODY, STREAM, Watched, change, fill, furnish};
use crate::support::seconds_from_now;

/// A call with one value replaced, told by the field's place in the form.
fn replaced(form: &Form, field: &str, value: &DynSolValue) -> Vec<DynSolValue> {
    let values = form.read().unwrap_or_else(|errors| panic!("{}: {errors:?}", form.function));
    let mut names = form.inputs.iter().map(|input| input.name);
    let mut put = |old: DynSolValue| if names.next() == Some(field) { value.clone() } else { old };
    values
        .into_iter()
        .map(|argument| {
            if let DynSolValue::Tuple(fields) = argument {
                DynSolValue::Tuple(fields.into_iter().map(&mut put).collect())
            } else {
                put(argument)
            }
        })
        .collect()
}

/// A function, the entry it is about, the form's texts, and fields with values that it must refuse.
type Wrong = (
    &'static str,
    Option<(EntryKind, &'static str)>,
    Vec<(&'static str, &'static str)>,
    Vec<(&'static str, DynSolValue)>,
);

/// The manager's errors by selector.
fn errors() -> Vec<([u8; 4], String)> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../contracts/artifacts/Phase8UniversalValueManager.json"
    );
    let artifact: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let items = artifact["abi"].as_array().unwrap().iter().filter(|it| it["type"] == "error");
    items
        .map(|item| {
            let types = item["inputs"].as_array().unwrap().iter();
            let types: Vec<&str> = types.map(|it| it["type"].as_str().unwrap()).collect();
            let name = item["name"].as_str().unwrap();
            let hash = keccak256(format!("{name}({})", types.join(",")));
            (hash[..4].try_into().unwrap(), name.to_owned())
        })
        .collect()
}

#[tokio::test]
async fn the_manager_refuses_what_the_form_refuses_and_takes_what_it_takes() {
    let watched = Watched::start().await;
    furnish(&watched).await;
    let (owner, registry, errors) = (watched.owner(), watched.registry().await, errors());
    let nobody = DynSolValue::from(Address::ZERO);
    let text = |text: &str| DynSolValue::from(text.to_owned());
    let uint = |number: u64, bits: usize| DynSolValue::Uint(U256::from(number), bits);
    let none = DynSolValue::from(B256::ZERO);
    let domains = |slugs: &[&str]| {
        DynSolValue::Array(slugs.iter().map(|slug| slug_key(slug).into()).collect())
    };
    let id = DynSolValue::from(slug_key("moon"));
    let future = seconds_from_now(100_000);
    let addresses = |fields: &[&'static str]| -> Vec<(&'static str, DynSolValue)> {
        fields.iter().map(|field| (*field, nobody.clone())).collect()
    };
    let with = |mut rows: Vec<(&'static str, DynSolValue)>,
                more: Vec<(&'static str, DynSolValue)>| {
        rows.extend(more);
        rows
    };
    let domain: Vec<_> = DOMAIN.into_iter().chain([("slug", "new")]).collect();
    let sentinel: Vec<_> = SENTINEL.into_iter().chain([("slug", "new")]).collect();
    let stream: Vec<_> = STREAM.into_iter().chain([("slug", "new")]).collect();
    let earth = Some((EntryKind::Domain, "earth-grid"));
    let watch = Some((EntryKind::Sentinel, "watch"));
    let fund = Some((EntryKind::Stream, "fund"));
    let calls: Vec<Wrong> = vec![
        (
            "registerDomain",
            None,
            domain,
            with(
                addresses(&["orchestrator", "capitalVault", "validatorModule", "policyKernel"]),
                vec![
                    ("slug", text("")),
                    ("slug", text("SEA-lanes")),
                    ("name", text("")),
                    ("metadataURI", text("")),
                    ("heartbeatSeconds", uint(0, 64)),
                    ("autonomyLevelBps", uint(10_001, 256)),
                ],
            ),
        ),
        (
            "registerSentinel",
            None,
            sentinel,
            vec![
                ("slug", text("")),
                ("slug", text("WATCH")),
                ("name", text("")),
                ("uri", text("")),
                ("agent", nobody.clone()),
                ("coverageSeconds", uint(3_599, 64)),
                ("sensitivityBps", uint(10_001, 256)),
            ],
        ),
        (
            "registerCapitalStream",
            None,
            stream,
            vec![
                ("slug", text("")),
                ("slug", text("Fund")),
                ("name", text("")),
                ("uri", text("")),
                ("vault", nobody.clone()),
                ("expansionBps", uint(10_001, 256)),
            ],
        ),
        ("updateDomain", earth, vec![], vec![("slug", text("sea-lanes")), ("id", id.clone())]),
        ("updateSentinel", watch, vec![], vec![("slug", text("other")), ("id", id.clone())]),
        ("updateCapitalStream", fund, vec![], vec![("slug", text("other")), ("id", id.clone())]),
        ("removeDomain", earth, vec![], vec![("id", id.clone())]),
        ("removeSentinel", watch, vec![], vec![("id", id.clone())]),
        ("removeCapitalStream", fund, vec![], vec![("id", id.clone())]),
        ("setDomainStatus", earth, vec![], vec![("id", id.clone())]),
        ("setSentinelStatus", watch, vec![], vec![("id", id.clone())]),
        ("setCapitalStreamStatus", fund, vec![], vec![("id", id.clone())]),
        (
            "configureDomainLimits",
            earth,
            vec![],
            vec![
                ("id", id.clone()),
                ("autonomyLevelBps", uint(10_001, 256)),
                ("heartbeatSeconds", uint(0, 64)),
            ],
        ),
        (
            "setSentinelDomains",
            watch,
            vec![],
            vec![
                ("id", id.clone()),
                ("domainIds", domains(&["moon"])),
                ("domainIds", domains(&["sea-lanes", "sea-lanes"])),
            ],
        ),
        (
            "setCapitalStreamDomains",
            fund,
            vec![],
            vec![
                ("id", id.clone()),
                ("domainIds", domains(&["moon"])),
                ("domainIds", domains(&["sea-lanes", "sea-lanes"])),
            ],
        ),
        (
            "setGlobalParameters",
            None,
            vec![],
            with(
                addresses(&[
                    "treasury",
                    "universalVault",
                    "upgradeCoordinator",
                    "validatorRegistry",
                    "missionControl",
                    "knowledgeGraph",
                ]),
                vec![
                    ("heartbeatSeconds", uint(0, 64)),
                    ("guardianReviewWindow", uint(0, 64)),
                    ("maxDrawdownBps", uint(10_001, 256)),
                    ("manifestoURI", text("")),
                    ("manifestoHash", none.clone()),
                ],
            ),
        ),
        (
            "updateManifesto",
            None,
            vec![],
            vec![("manifestoURI", text("")), ("manifestoHash", none.clone())],
        ),
        (
            "updateRiskParameters",
            None,
            vec![],
            vec![
                ("heartbeatSeconds", uint(0, 64)),
                ("guardianReviewWindow", uint(0, 64)),
                ("maxDrawdownBps", uint(10_001, 256)),
            ],
        ),
        ("setGuardianCouncil", None, vec![], vec![("council", nobody.clone())]),
        ("setSystemPause", None, vec![], vec![("newSystemPause", nobody.clone())]),
        (
            "setSelfImprovementPlan",
            None,
            vec![],
            vec![
                ("planURI", text("")),
                ("planHash", none.clone()),
                ("cadenceSeconds", uint(0, 64)),
                ("lastExecutedAt", uint(future, 64)),
            ],
        ),
        (
            "recordSelfImprovementExecution",
            None,
            vec![("executedAt", "1000"), ("reportURI", "ipfs://report")],
            vec![
                ("executedAt", uint(0, 64)),
                ("executedAt", uint(999, 64)),
                ("executedAt", uint(future, 64)),
                ("reportURI", text("")),
            ],
        ),
        (
            "setGovernance",
            None,
            vec![("newGovernance", SOMEBODY)],
            vec![("newGovernance", nobody.clone())],
        ),
        (
            "transferOwnership",
            None,
            vec![("newOwner", SOMEBODY)],
            vec![("newOwner", nobody.clone())],
        ),
    ];
    let outcome = async |function: &str, values: Vec<DynSolValue>| {
        let lever = Lever::Change(change(ContractName::Manager, function, values));
        watched.tried(&watched.intent(&lever), Signer::Owner(owner), Stage::Signed).await.0
    };
    for (function, entry, texts, wrong) in calls {
        let form = fill(&registry, function, entry, &texts);
        let right = form.read().unwrap_or_else(|errors| panic!("{function}: {errors:?}"));
        assert_eq!(manager::check(function, &right, &registry, seconds_from_now(0)), []);
        let taken = outcome(function, right).await;
        assert!(matches!(taken, SimulatedOutcome::Succeeds { .. }), "{function}: {taken:?}");
        for (field, value) in wrong {
            let values = replaced(&form, field, &value);
            let complaints = manager::check(function, &values, &registry, seconds_from_now(0));
            let expected = complaints.first().and_then(|it| it.what.contract_error());

            let refused = outcome(function, values).await;

            let SimulatedOutcome::Refused { data, .. } = &refused else {
                panic!("{function}.{field} {value:?}: {refused:?}")
            };
            let said = errors.iter().find(|(selector, _)| data.starts_with(selector));
            let said = said.map(|(_, name)| name.as_str());
            assert!(
                expected.is_some() && said == expected,
                "{function}.{field}: {said:?}, not {expected:?}"
            );
        }
    }
}
