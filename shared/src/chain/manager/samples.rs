//! A registry to test with, read from answers as a manager encodes them.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, B256, U256};

use super::super::view::View;
use super::super::{ContractName, Contracts, slug_key};
use super::{EntryKind, Registry};
use crate::api::ReadValue;

/// When the tests play.
pub(in crate::chain) const NOW: u64 = 1_795_415_820;

pub(in crate::chain) fn contracts() -> Contracts {
    Contracts::locate(|name| Address::with_last_byte(1 + name as u8))
}

pub(in crate::chain) fn uint(number: u64, bits: usize) -> DynSolValue {
    DynSolValue::Uint(U256::from(number), bits)
}

fn text(text: &str) -> DynSolValue {
    DynSolValue::String(text.to_owned())
}

fn someone(number: u8) -> DynSolValue {
    Address::repeat_byte(number).into()
}

pub(in crate::chain) fn domain(slug: &str) -> DynSolValue {
    DynSolValue::Tuple(vec![
        text(slug),
        text(&format!("The {slug}")),
        text("ipfs://domain"),
        someone(0x11),
        someone(0x12),
        someone(0x13),
        someone(0x14),
        uint(600, 64),
        uint(5_000_000, 256),
        uint(8_000, 256),
        true.into(),
    ])
}

pub(in crate::chain) fn sentinel(slug: &str) -> DynSolValue {
    DynSolValue::Tuple(vec![
        text(slug),
        text(&format!("The {slug}")),
        text("ipfs://sentinel"),
        someone(0x21),
        uint(7_200, 64),
        uint(500, 256),
        true.into(),
    ])
}

pub(in crate::chain) fn stream(slug: &str) -> DynSolValue {
    DynSolValue::Tuple(vec![
        text(slug),
        text(&format!("The {slug}")),
        text("ipfs://stream"),
        someone(0x31),
        uint(1_200_000, 256),
        uint(250, 256),
        false.into(),
    ])
}

pub(in crate::chain) fn parameters() -> Vec<DynSolValue> {
    let mut values: Vec<DynSolValue> = (0x41..0x47).map(someone).collect();
    values.extend([uint(300, 64), uint(3_600, 64), uint(1_500, 256)]);
    values.extend([text("ipfs://manifesto"), B256::repeat_byte(0x4a).into()]);
    values
}

pub(in crate::chain) fn plan() -> Vec<DynSolValue> {
    vec![
        text("ipfs://plan"),
        B256::repeat_byte(0x51).into(),
        uint(86_400, 64),
        uint(NOW - 86_400, 64),
        text("ipfs://report"),
    ]
}

pub(in crate::chain) fn returned(view: &str, values: Vec<DynSolValue>) -> ReadValue {
    let data = DynSolValue::Tuple(values).abi_encode_params();
    let view = View::find(ContractName::Manager, view).unwrap();
    assert!(view.read(&data).is_some(), "{} cannot read its sample", view.declaration);
    ReadValue::Returned { data: data.into() }
}

fn list(view: &str, entries: Vec<(&str, DynSolValue)>) -> ReadValue {
    let items = entries
        .into_iter()
        .map(|(slug, config)| DynSolValue::Tuple(vec![slug_key(slug).into(), config]));
    returned(view, vec![DynSolValue::Array(items.collect())])
}

/// The answers of a manager that holds two domains, a sentinel and a stream.
pub(in crate::chain) fn answers() -> Vec<ReadValue> {
    vec![
        list(
            "listDomains",
            vec![("earth-grid", domain("Earth-Grid")), ("sea-lanes", domain("sea-lanes"))],
        ),
        list("listSentinels", vec![("watch", sentinel("watch"))]),
        list("listCapitalStreams", vec![("fund", stream("fund"))]),
        returned("globalParameters", parameters()),
        returned("selfImprovementPlan", plan()),
        returned("guardianCouncil", vec![someone(0x61)]),
        returned("systemPause", vec![someone(0x62)]),
        returned("governance", vec![someone(0x63)]),
    ]
}

/// The registry of [`answers`]: the sentinel watches one domain, the stream funds both.
pub(in crate::chain) fn registry() -> Registry {
    let ids = |slugs: &[&str]| {
        let ids = slugs.iter().map(|slug| DynSolValue::from(slug_key(slug)));
        vec![DynSolValue::Array(ids.collect())]
    };
    let bindings = [
        returned("getSentinelDomains", ids(&["earth-grid"])),
        returned("getCapitalStreamDomains", ids(&["earth-grid", "sea-lanes"])),
    ];
    Registry::read(&answers()).unwrap().bind(&bindings).unwrap()
}

/// The answers of a manager that nobody has set up, and that obeys this governance.
pub(crate) fn empty_answers(governance: Address) -> Vec<ReadValue> {
    let nobody = || vec![DynSolValue::from(Address::ZERO)];
    let mut parameters: Vec<DynSolValue> = (0..6).map(|_| Address::ZERO.into()).collect();
    parameters.extend([uint(0, 64), uint(0, 64), uint(0, 256), text(""), B256::ZERO.into()]);
    let plan = vec![text(""), B256::ZERO.into(), uint(0, 64), uint(0, 64), text("")];
    vec![
        list("listDomains", Vec::new()),
        list("listSentinels", Vec::new()),
        list("listCapitalStreams", Vec::new()),
        returned("globalParameters", parameters),
        returned("selfImprovementPlan", plan),
        returned("guardianCouncil", nobody()),
        returned("systemPause", nobody()),
        returned("governance", vec![governance.into()]),
    ]
}

/// The registry of a manager that nobody has set up.
pub(in crate::chain) fn empty() -> Registry {
    Registry::read(&empty_answers(Address::repeat_byte(0x63))).unwrap()
}

/// A call of every function of the manager that has a form, which the manager of [`registry`] takes.
pub(in crate::chain) fn calls() -> Vec<(&'static str, Vec<DynSolValue>)> {
    let id = |slug: &str| DynSolValue::from(slug_key(slug));
    let ids = |slugs: &[&str]| DynSolValue::Array(slugs.iter().map(|slug| id(slug)).collect());
    let configs = |kind: EntryKind, slug: &str| match kind {
        EntryKind::Domain => domain(slug),
        EntryKind::Sentinel => sentinel(slug),
        EntryKind::Stream => stream(slug),
    };
    let mut calls = Vec::new();
    for (kind, slug) in EntryKind::ALL.into_iter().zip(["earth-grid", "watch", "fund"]) {
        calls.push((kind.register(), vec![configs(kind, "new one")]));
        calls.push((kind.update(), vec![id(slug), configs(kind, &slug.to_uppercase())]));
        calls.push((kind.remove(), vec![id(slug)]));
        calls.push((kind.set_status(), vec![id(slug), (kind == EntryKind::Stream).into()]));
        if let Some(bind) = kind.bind() {
            calls.push((bind, vec![id(slug), ids(&["sea-lanes"])]));
        }
    }
    let mut others = parameters();
    *others.first_mut().unwrap() = someone(0x77);
    calls.extend([
        (
            "configureDomainLimits",
            vec![id("earth-grid"), uint(9, 256), uint(10_000, 256), uint(1, 64)],
        ),
        ("setGlobalParameters", vec![DynSolValue::Tuple(others)]),
        ("updateManifesto", vec![text("ipfs://other"), B256::repeat_byte(0x4b).into()]),
        ("updateRiskParameters", vec![uint(1, 64), uint(7_200, 64), uint(0, 256)]),
        ("setGuardianCouncil", vec![someone(0x71)]),
        ("setSystemPause", vec![someone(0x72)]),
        ("setSelfImprovementPlan", {
            let mut plan = plan();
            *plan.get_mut(2).unwrap() = uint(3_600, 64);
            vec![DynSolValue::Tuple(plan)]
        }),
        ("recordSelfImprovementExecution", vec![uint(NOW, 64), text("ipfs://next")]),
        ("setGovernance", vec![someone(0x73)]),
        ("transferOwnership", vec![someone(0x73)]),
    ]);
    calls
}

/// Calls with one thing wrong each, for the manager of [`registry`]: the field, and the contract's error.
pub(in crate::chain) fn bad_calls()
-> Vec<(&'static str, Vec<DynSolValue>, &'static str, &'static str)> {
    let id = |slug: &str| DynSolValue::from(slug_key(slug));
    let ids = |slugs: &[&str]| DynSolValue::Array(slugs.iter().map(|slug| id(slug)).collect());
    let nobody = || DynSolValue::from(Address::ZERO);
    let with = |values: Vec<DynSolValue>, at: usize, value: DynSolValue| {
        let mut values = values;
        *values.get_mut(at).unwrap() = value;
        vec![DynSolValue::Tuple(values)]
    };
    let fields = |config: DynSolValue| config.as_tuple().unwrap().to_vec();
    let new_domain = |at, value| with(fields(domain("new")), at, value);
    let new_sentinel = |at, value| with(fields(sentinel("new")), at, value);
    let new_stream = |at, value| with(fields(stream("new")), at, value);
    let global = |at, value| with(parameters(), at, value);
    let planned = |at, value| with(plan(), at, value);
    let mut calls = vec![
        ("registerDomain", new_domain(0, text("")), "slug", "EmptySlug"),
        ("registerDomain", new_domain(0, text("SEA-LANES")), "slug", "DuplicateDomain"),
        ("registerDomain", new_domain(1, text("")), "name", "EmptyName"),
        ("registerDomain", new_domain(2, text("")), "metadataURI", "InvalidURI"),
        ("registerDomain", new_domain(3, nobody()), "orchestrator", "InvalidAddress"),
        ("registerDomain", new_domain(4, nobody()), "capitalVault", "InvalidAddress"),
        ("registerDomain", new_domain(5, nobody()), "validatorModule", "InvalidAddress"),
        ("registerDomain", new_domain(6, nobody()), "policyKernel", "InvalidAddress"),
        ("registerDomain", new_domain(7, uint(0, 64)), "heartbeatSeconds", "InvalidHeartbeat"),
        ("registerDomain", new_domain(9, uint(10_001, 256)), "autonomyLevelBps", "InvalidBps"),
        ("registerSentinel", new_sentinel(0, text("")), "slug", "EmptySlug"),
        ("registerSentinel", new_sentinel(0, text("Watch")), "slug", "DuplicateSentinel"),
        ("registerSentinel", new_sentinel(1, text("")), "name", "EmptyName"),
        ("registerSentinel", new_sentinel(2, text("")), "uri", "InvalidURI"),
        ("registerSentinel", new_sentinel(3, nobody()), "agent", "InvalidAddress"),
        (
            "registerSentinel",
            new_sentinel(4, uint(3_599, 64)),
            "coverageSeconds",
            "SentinelCoverageTooShort",
        ),
        ("registerSentinel", new_sentinel(5, uint(10_001, 256)), "sensitivityBps", "InvalidBps"),
        ("registerCapitalStream", new_stream(0, text("FUND")), "slug", "DuplicateStream"),
        ("registerCapitalStream", new_stream(1, text("")), "name", "EmptyName"),
        ("registerCapitalStream", new_stream(2, text("")), "uri", "InvalidURI"),
        ("registerCapitalStream", new_stream(3, nobody()), "vault", "InvalidAddress"),
        ("registerCapitalStream", new_stream(5, uint(10_001, 256)), "expansionBps", "InvalidBps"),
        ("updateDomain", vec![id("sea-lanes"), domain("earth-grid")], "slug", "UnknownDomain"),
        ("updateDomain", vec![id("moon"), domain("moon")], "id", "UnknownDomain"),
        ("updateSentinel", vec![id("watch"), sentinel("other")], "slug", "UnknownSentinel"),
        ("updateCapitalStream", vec![id("moon"), stream("moon")], "id", "UnknownStream"),
        ("removeDomain", vec![id("moon")], "id", "UnknownDomain"),
        ("removeSentinel", vec![id("fund")], "id", "UnknownSentinel"),
        ("removeCapitalStream", vec![id("watch")], "id", "UnknownStream"),
        ("setDomainStatus", vec![id("moon"), true.into()], "id", "UnknownDomain"),
        ("setSentinelStatus", vec![id("moon"), true.into()], "id", "UnknownSentinel"),
        ("setCapitalStreamStatus", vec![id("moon"), true.into()], "id", "UnknownStream"),
        ("setSentinelDomains", vec![id("moon"), ids(&[])], "id", "UnknownSentinel"),
        ("setSentinelDomains", vec![id("watch"), ids(&["moon"])], "domainIds", "UnknownDomain"),
        (
            "setCapitalStreamDomains",
            vec![id("fund"), ids(&["sea-lanes", "sea-lanes"])],
            "domainIds",
            "DuplicateBinding",
        ),
        (
            "configureDomainLimits",
            vec![id("moon"), uint(1, 256), uint(1, 256), uint(1, 64)],
            "id",
            "UnknownDomain",
        ),
        (
            "configureDomainLimits",
            vec![id("sea-lanes"), uint(1, 256), uint(10_001, 256), uint(1, 64)],
            "autonomyLevelBps",
            "InvalidBps",
        ),
        (
            "configureDomainLimits",
            vec![id("sea-lanes"), uint(1, 256), uint(1, 256), uint(0, 64)],
            "heartbeatSeconds",
            "InvalidHeartbeat",
        ),
        ("setGlobalParameters", global(6, uint(0, 64)), "heartbeatSeconds", "InvalidHeartbeat"),
        ("setGlobalParameters", global(7, uint(0, 64)), "guardianReviewWindow", "InvalidHeartbeat"),
        ("setGlobalParameters", global(8, uint(10_001, 256)), "maxDrawdownBps", "InvalidBps"),
        ("setGlobalParameters", global(9, text("")), "manifestoURI", "ManifestRequired"),
        (
            "setGlobalParameters",
            global(10, B256::ZERO.into()),
            "manifestoHash",
            "ManifestHashRequired",
        ),
        (
            "updateManifesto",
            vec![text(""), B256::repeat_byte(1).into()],
            "manifestoURI",
            "ManifestRequired",
        ),
        (
            "updateManifesto",
            vec![text("ipfs://x"), B256::ZERO.into()],
            "manifestoHash",
            "ManifestHashRequired",
        ),
        (
            "updateRiskParameters",
            vec![uint(0, 64), uint(1, 64), uint(1, 256)],
            "heartbeatSeconds",
            "InvalidHeartbeat",
        ),
        (
            "updateRiskParameters",
            vec![uint(1, 64), uint(0, 64), uint(1, 256)],
            "guardianReviewWindow",
            "InvalidHeartbeat",
        ),
        (
            "updateRiskParameters",
            vec![uint(1, 64), uint(1, 64), uint(10_001, 256)],
            "maxDrawdownBps",
            "InvalidBps",
        ),
        ("setGuardianCouncil", vec![nobody()], "council", "InvalidAddress"),
        ("setSystemPause", vec![nobody()], "newSystemPause", "InvalidAddress"),
        ("setSelfImprovementPlan", planned(0, text("")), "planURI", "InvalidURI"),
        ("setSelfImprovementPlan", planned(1, B256::ZERO.into()), "planHash", "InvalidPlanHash"),
        ("setSelfImprovementPlan", planned(2, uint(0, 64)), "cadenceSeconds", "InvalidCadence"),
        (
            "setSelfImprovementPlan",
            planned(3, uint(NOW + 1, 64)),
            "lastExecutedAt",
            "InvalidExecutionTimestamp",
        ),
        ("setGovernance", vec![nobody()], "newGovernance", "ZeroAddress"),
        ("transferOwnership", vec![nobody()], "newOwner", "ZeroAddress"),
    ];
    let addresses = [
        "treasury",
        "universalVault",
        "upgradeCoordinator",
        "validatorRegistry",
        "missionControl",
        "knowledgeGraph",
    ];
    for (at, field) in addresses.into_iter().enumerate() {
        calls.push(("setGlobalParameters", global(at, nobody()), field, "InvalidAddress"));
    }
    for executed in [0, NOW - 86_401, NOW + 1] {
        let values = vec![uint(executed, 64), text("ipfs://x")];
        let error = "InvalidExecutionTimestamp";
        calls.push(("recordSelfImprovementExecution", values, "executedAt", error));
    }
    let values = vec![uint(NOW, 64), text("")];
    calls.push(("recordSelfImprovementExecution", values, "reportURI", "InvalidURI"));
    calls
}
