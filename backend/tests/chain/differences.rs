//! What the page says before a signature is what a real chain does: every lever is tried out, flipped, undone, and each
//! time the difference holds what the lever means and nothing else. What a form refuses, the manager refuses too.

use std::time::Duration;

use alloy::primitives::{Address, B256, U64, U256, keccak256};
use phase8_backend::chain::Quorum;
use phase8_backend::chain::quorum::{Patience, QuorumConfig};
use phase8_shared::api::{ReadAnswer, ReadRequest, SimulatedOutcome};
use phase8_shared::chain::difference::{
    Difference, Hindrance, Signer, Stage, Subject, difference, hindrance, questions, simulated_call,
};
use phase8_shared::chain::field::{DynSolValue, Names};
use phase8_shared::chain::manager::{self, EntryKind, Form, Registry};
use phase8_shared::chain::{
    AdapterScope, Call, Change, Circumstances, ContractName, DevRole, Intent, Lever, adapter_key,
    decode, module_key, slug_key,
};
use phase8_shared::money::MicroUsd;
use serde_json::{Value, json};

use crate::support::{DELAY, World, adapters, mission, now, seconds_from_now, terms};

/// A world that is asked before and after each flip.
struct Watched {
    world: World,
    quorum: Quorum,
    flips: std::cell::Cell<u8>,
}

impl Watched {
    async fn start() -> Self {
        let world = World::start().await;
        let patience = Patience { limit: Duration::from_secs(5), grace: Duration::from_millis(50) };
        let config = QuorumConfig { chain_id: 31_337, needed: 0, patience };
        let quorum = Quorum::new(vec![world.rpc.clone()], config, now());
        Self { world, quorum, flips: std::cell::Cell::new(0) }
    }

    fn owner(&self) -> Address {
        self.world.account(DevRole::Owner)
    }

    async fn read(&self, request: &ReadRequest) -> ReadAnswer {
        self.quorum.read(request).await.unwrap()
    }

    async fn registry(&self) -> Registry {
        let contracts = &self.world.deployment.contracts;
        let answer = self.read(&ReadRequest::of(Registry::calls(contracts))).await;
        let registry = Registry::read(&answer.before).unwrap();
        let calls = registry.binding_calls(contracts);
        if calls.is_empty() {
            return registry;
        }
        let answer = self.read(&ReadRequest::of(calls)).await;
        registry.bind(&answer.before).unwrap()
    }

    fn intent(&self, lever: &Lever) -> Intent {
        self.flips.set(self.flips.get() + 1);
        let around = Circumstances {
            chain_id: 31_337,
            nonce: U256::ZERO,
            deadline: u64::MAX,
            delay: u64::from(DELAY),
            salt: B256::repeat_byte(self.flips.get()),
        };
        Intent::new(lever.clone(), &self.world.deployment.contracts, around)
    }

    /// The difference of a stage, and what the call does.
    async fn tried(
        &self,
        intent: &Intent,
        signer: Signer,
        stage: Stage,
    ) -> (SimulatedOutcome, Vec<Difference>) {
        let contracts = &self.world.deployment.contracts;
        let (names, registry) = (Names::default(), self.registry().await);
        let subject = Subject { contracts, names: &names, registry: Some(&registry) };
        let questions = questions(intent, subject, stage);
        let calls = questions.iter().map(|question| question.call.clone()).collect();
        let call = simulated_call(intent, contracts, signer, stage).unwrap();
        let answer = self.read(&ReadRequest::around(calls, call)).await;
        let after = answer.after.unwrap_or_default();
        (answer.outcome.unwrap(), difference(&questions, &answer.before, &after, &names))
    }

    /// Tries a stage out, which must do what the lever means and nothing else.
    async fn as_meant(&self, intent: &Intent, signer: Signer, stage: Stage) {
        let title = intent.lever.title();
        let (outcome, lines) = self.tried(intent, signer, stage).await;
        assert!(
            matches!(outcome, SimulatedOutcome::Succeeds { .. }),
            "{title} at {stage:?}: {outcome:?}"
        );
        let odd: Vec<&Difference> = lines.iter().filter(|line| !line.expected).collect();
        assert!(odd.is_empty(), "{title} at {stage:?}: {odd:#?}");
        assert!(lines.iter().any(|line| line.changed), "{title} at {stage:?}: {lines:#?}");
    }

    async fn send(&self, from: Address, call: &Call) {
        let transaction = json!([{ "from": from, "to": call.to, "data": call.data }]);
        let hash: B256 = self.world.rpc.ask("eth_sendTransaction", transaction).await.unwrap();
        let receipt = self.world.rpc.find_receipt(hash).await.unwrap().unwrap();
        assert_eq!(receipt.status, U64::from(1));
    }

    /// Flips a lever, and carries it out when its delay is over.
    async fn flip(&self, lever: &Lever) {
        let (owner, intent) = (self.owner(), self.intent(lever));
        self.as_meant(&intent, Signer::Owner(owner), Stage::Signed).await;
        self.send(owner, &intent.transaction()).await;
        if let Some(operation) = &intent.operation {
            self.world.skip(u64::from(DELAY) + 1).await;
            self.as_meant(&intent, Signer::Owner(owner), Stage::Waited).await;
            self.send(self.world.account(DevRole::Operator), &operation.execute()).await;
        }
    }

    /// Flips a lever there and back.
    async fn there_and_back(&self, lever: &Lever) {
        self.flip(lever).await;
        self.flip(&lever.inverse().unwrap()).await;
    }

    /// The lever that a form asks for, with these texts in it.
    async fn form(
        &self,
        function: &str,
        entry: Option<(EntryKind, &str)>,
        texts: &[(&str, &str)],
    ) -> Lever {
        let registry = self.registry().await;
        let form = fill(&registry, function, entry, texts);
        form.lever(&registry, seconds_from_now(0))
            .unwrap_or_else(|errors| panic!("{function}: {errors:?}"))
    }
}

fn fill(
    registry: &Registry,
    function: &str,
    entry: Option<(EntryKind, &str)>,
    texts: &[(&str, &str)],
) -> Form {
    let entry = entry.map(|(kind, slug)| registry.find(kind, slug_key(slug)).unwrap());
    let form = Form::new(function, registry, entry).unwrap();
    texts.iter().fold(form, |form, (field, text)| form.with(field, *text))
}

const SOMEBODY: &str = "0x1111111111111111111111111111111111111111";
const HASH: &str = "0x2222222222222222222222222222222222222222222222222222222222222222";

const DOMAIN: [(&str, &str); 9] = [
    ("name", "A domain"),
    ("metadataURI", "ipfs://domain"),
    ("orchestrator", SOMEBODY),
    ("capitalVault", SOMEBODY),
    ("validatorModule", SOMEBODY),
    ("policyKernel", SOMEBODY),
    ("heartbeatSeconds", "600"),
    ("tvlLimit", "5000000"),
    ("autonomyLevelBps", "8000"),
];

const SENTINEL: [(&str, &str); 6] = [
    ("slug", "Watch"),
    ("name", "The watch"),
    ("uri", "ipfs://watch"),
    ("agent", SOMEBODY),
    ("coverageSeconds", "7200"),
    ("sensitivityBps", "500"),
];

const STREAM: [(&str, &str); 6] = [
    ("slug", "fund"),
    ("name", "The fund"),
    ("uri", "ipfs://fund"),
    ("vault", SOMEBODY),
    ("annualBudget", "1200000"),
    ("expansionBps", "250"),
];

const PARAMETERS: [(&str, &str); 11] = [
    ("treasury", SOMEBODY),
    ("universalVault", SOMEBODY),
    ("upgradeCoordinator", SOMEBODY),
    ("validatorRegistry", SOMEBODY),
    ("missionControl", SOMEBODY),
    ("knowledgeGraph", SOMEBODY),
    ("heartbeatSeconds", "300"),
    ("guardianReviewWindow", "3600"),
    ("maxDrawdownBps", "1500"),
    ("manifestoURI", "ipfs://manifesto"),
    ("manifestoHash", HASH),
];

const PLAN: [(&str, &str); 5] = [
    ("planURI", "ipfs://plan"),
    ("planHash", HASH),
    ("cadenceSeconds", "86400"),
    ("lastExecutedAt", "1000"),
    ("lastReportURI", ""),
];

/// Registers two domains, a sentinel that watches one and a stream that funds both, with parameters and plan.
async fn furnish(watched: &Watched) {
    for slug in ["Earth-Grid", "sea-lanes"] {
        let texts: Vec<_> = DOMAIN.into_iter().chain([("slug", slug)]).collect();
        watched.flip(&watched.form("registerDomain", None, &texts).await).await;
    }
    watched.flip(&watched.form("setGlobalParameters", None, &PARAMETERS).await).await;
    watched.flip(&watched.form("setSelfImprovementPlan", None, &PLAN).await).await;
    watched.flip(&watched.form("registerSentinel", None, &SENTINEL).await).await;
    watched.flip(&watched.form("registerCapitalStream", None, &STREAM).await).await;
    for (function, kind, slug, domains) in [
        ("setSentinelDomains", EntryKind::Sentinel, "watch", "earth-grid"),
        ("setCapitalStreamDomains", EntryKind::Stream, "fund", "earth-grid, sea-lanes"),
    ] {
        let lever = watched.form(function, Some((kind, slug)), &[("domainIds", domains)]).await;
        watched.flip(&lever).await;
    }
}

#[tokio::test]
async fn every_call_of_the_manager_does_what_it_says_and_is_undone() {
    let watched = Watched::start().await;
    furnish(&watched).await;
    let contracts = watched.world.deployment.contracts;
    let (council, switch) = (contracts.token.to_checksum(None), contracts.escrow.to_checksum(None));
    let earth = Some((EntryKind::Domain, "earth-grid"));
    let watch = Some((EntryKind::Sentinel, "watch"));
    let fund = Some((EntryKind::Stream, "fund"));
    let moon: Vec<_> = DOMAIN.into_iter().chain([("slug", "Moon Base")]).collect();
    let other_watch = [("slug", "Other"), ("coverageSeconds", "3600")];
    let other_watch: Vec<_> = SENTINEL.into_iter().chain(other_watch).collect();
    let other_fund: Vec<_> = STREAM.into_iter().chain([("slug", "other")]).collect();
    let recorded = seconds_from_now(0).to_string();
    let calls: Vec<(&str, Option<(EntryKind, &str)>, Vec<(&str, &str)>)> = vec![
        ("registerDomain", None, moon),
        ("registerSentinel", None, other_watch),
        ("registerCapitalStream", None, other_fund),
        ("updateDomain", earth, vec![("slug", "EARTH-GRID"), ("tvlLimit", "9")]),
        ("updateSentinel", watch, vec![("coverageSeconds", "9000")]),
        ("updateCapitalStream", fund, vec![("annualBudget", "0")]),
        ("setDomainStatus", earth, vec![]),
        ("setSentinelStatus", watch, vec![]),
        ("setCapitalStreamStatus", fund, vec![]),
        (
            "configureDomainLimits",
            earth,
            vec![("autonomyLevelBps", "10000"), ("heartbeatSeconds", "1")],
        ),
        ("setSentinelDomains", watch, vec![("domainIds", "")]),
        ("setCapitalStreamDomains", fund, vec![("domainIds", "sea-lanes")]),
        ("setGlobalParameters", None, vec![("maxDrawdownBps", "0")]),
        ("updateManifesto", None, vec![("manifestoURI", "ipfs://next")]),
        ("updateRiskParameters", None, vec![("guardianReviewWindow", "1")]),
        ("setGuardianCouncil", None, vec![("council", council.as_str())]),
        ("setSystemPause", None, vec![("newSystemPause", switch.as_str())]),
        ("setSelfImprovementPlan", None, vec![("cadenceSeconds", "1")]),
        (
            "recordSelfImprovementExecution",
            None,
            vec![("executedAt", &recorded), ("reportURI", "ipfs://report")],
        ),
    ];
    for (function, entry, texts) in calls {
        let before = watched.registry().await;
        let lever = watched.form(function, entry, &texts).await;
        watched.flip(&lever).await;
        assert_ne!(watched.registry().await, before, "{function}");

        watched.flip(&lever.inverse().unwrap()).await;

        assert_eq!(sorted(watched.registry().await), sorted(before), "{function}");
    }
}

/// Entries come in no order that means anything.
fn sorted(mut registry: Registry) -> Registry {
    for entries in [&mut registry.domains, &mut registry.sentinels, &mut registry.streams] {
        entries.sort_by_key(|entry| entry.id);
        for entry in entries {
            entry.domains.sort();
        }
    }
    registry
}

#[tokio::test]
async fn what_is_removed_comes_back_with_its_bindings() {
    let watched = Watched::start().await;
    furnish(&watched).await;

    for (kind, slug) in [
        (EntryKind::Domain, "earth-grid"),
        (EntryKind::Sentinel, "watch"),
        (EntryKind::Stream, "fund"),
    ] {
        let before = watched.registry().await;
        let lever = watched.form(kind.remove(), Some((kind, slug)), &[]).await;
        let follow_ups = manager::follow_ups(&lever, &before);
        assert!(!follow_ups.is_empty(), "{slug} is bound");

        watched.flip(&lever).await;
        watched.flip(&lever.inverse().unwrap()).await;
        for lever in &follow_ups {
            watched.flip(lever).await;
        }

        assert_eq!(sorted(watched.registry().await), sorted(before), "{slug}");
    }
}

fn change(contract: ContractName, function: &str, values: Vec<DynSolValue>) -> Change {
    let (row, _) = decode::find_named(contract, function).unwrap();
    Change { contract, data: decode::encode(row, values).unwrap(), undo: None }
}

#[tokio::test]
async fn every_lever_changes_what_it_means_to_and_nothing_else() {
    let watched = Watched::start().await;
    let (world, key) = (&watched.world, mission(1).key());
    let terms = terms(world);
    world.fund(mission(1), &terms).await;

    watched.there_and_back(&Lever::PauseFleet).await;
    let new = MicroUsd::new(1_000_000);
    watched.there_and_back(&Lever::BudgetCap { mission: key, now: terms.budget_cap, new }).await;
    watched.there_and_back(&Lever::CoPilot { mission: key, required: true }).await;

    let ids: Vec<B256> = adapters().iter().map(|it| adapter_key(it.id.as_str())).collect();
    let choose = |now, new| Lever::ActiveAdapter {
        scope: AdapterScope::Mission { mission: key },
        now,
        new,
        reason: "to see".to_owned(),
    };
    watched.flip(&choose(B256::ZERO, ids[0])).await;
    let other = choose(ids[0], ids[1]);
    watched.there_and_back(&other).await;
    watched.flip(&other.inverse().unwrap().inverse().unwrap()).await;

    let validator = world.account(DevRole::Validator);
    let expiry = seconds_from_now(86_400);
    watched.flip(&Lever::Summon { mission: key, validator, expiry }).await;
    let revoke = Lever::RevokeSummons { token: U256::from(1), mission: key, validator, expiry };
    watched.there_and_back(&revoke).await;
}

#[tokio::test]
async fn a_tripwire_is_resumed_by_time_and_consent() {
    let watched = Watched::start().await;
    watched.flip(&Lever::TripwirePause).await;
    let owner = watched.owner();
    let resume = watched.intent(&Lever::ResumeAfterTripwire);
    watched.as_meant(&resume, Signer::Owner(owner), Stage::Signed).await;
    watched.send(owner, &resume.transaction()).await;

    let early = watched.tried(&resume, Signer::Owner(owner), Stage::Waited).await.0;
    watched.world.cosign_resume().await;
    let consented = watched.tried(&resume, Signer::Owner(owner), Stage::Waited).await.0;

    assert_eq!(held_up(&early), Some(Hindrance::NotCosigned(1)));
    assert!(matches!(held_up(&consented), Some(Hindrance::NotBefore(_))), "{consented:?}");
    watched.world.skip(u64::from(DELAY) + 1).await;
    watched.as_meant(&resume, Signer::Owner(owner), Stage::Waited).await;
}

fn held_up(outcome: &SimulatedOutcome) -> Option<Hindrance> {
    let SimulatedOutcome::Refused { data, .. } = outcome else { panic!("{outcome:?}") };
    hindrance(data)
}

#[tokio::test]
async fn an_extension_is_staged_activated_and_retired() {
    let watched = Watched::start().await;
    let coordinator = ContractName::UpgradeCoordinator;
    let module = || DynSolValue::from(module_key("Scheduler"));
    let implementation = watched.world.deployment.contracts.token;
    let stage = || {
        let values = vec![
            module(),
            implementation.into(),
            false.into(),
            DynSolValue::Uint(U256::from(3_600), 64),
            DynSolValue::Bytes(Vec::new()),
        ];
        Lever::Change(change(coordinator, "stageExtension", values))
    };
    let simple = |function| Lever::Change(change(coordinator, function, vec![module()]));

    for lever in [
        stage(),
        simple("withdrawExtension"),
        stage(),
        simple("activateExtension"),
        simple("retireExtension"),
    ] {
        watched.flip(&lever).await;
    }
}

#[tokio::test]
async fn the_keys_of_the_fleet_change_hands_in_plain_sight() {
    let watched = Watched::start().await;
    let owner = watched.owner();
    let stranger = Address::repeat_byte(0x66);
    let guardian = watched.world.account(DevRole::PauseGuardian);
    let member = |member: bool| vec![stranger.into(), DynSolValue::from(member)];
    for (contract, function, values) in [
        (ContractName::PauseGuardian, "setGuardian", vec![stranger.into()]),
        (ContractName::PauseGuardian, "setGuardian", vec![guardian.into()]),
        (ContractName::GuardianCouncil, "setMember", member(true)),
        (ContractName::GuardianCouncil, "setMember", member(false)),
        (ContractName::ValidatorRegistry, "addValidator", vec![stranger.into()]),
        (ContractName::ValidatorRegistry, "removeValidator", vec![stranger.into()]),
        (
            ContractName::OwnerTimelock,
            "updateDelay",
            vec![DynSolValue::Uint(U256::from(DELAY), 256)],
        ),
    ] {
        let lever = Lever::Change(change(contract, function, values));
        if function == "updateDelay" {
            // The delay stays as it is: the question is whether its line is taken for a danger.
            let intent = watched.intent(&lever);
            let (_, lines) = watched.tried(&intent, Signer::Owner(owner), Stage::Signed).await;
            assert!(lines.iter().all(|line| line.expected), "{lines:#?}");
            continue;
        }
        watched.flip(&lever).await;
    }

    let hand_over = watched.form("setGovernance", None, &[("newGovernance", SOMEBODY)]).await;
    let intent = watched.intent(&hand_over);
    let (_, lines) = watched.tried(&intent, Signer::Owner(owner), Stage::Signed).await;
    let line = lines.iter().find(|line| line.changed).unwrap();
    assert!(line.guarded && line.expected, "{line:?}");
}

/// A call with one value replaced, told by the field's place in the form.
fn replaced(form: &Form, field: &str, value: &DynSolValue) -> Vec<DynSolValue> {
    let values = form.read().unwrap_or_else(|errors| panic!("{}: {errors:?}", form.function));
    let mut names = form.inputs.iter().map(|input| input.name);
    let mut put = |old: DynSolValue| if names.next() == Some(field) { value.clone() } else { old };
    values
        .into_iter()
        .map(|argument| match argument {
            DynSolValue::Tuple(fields) => {
                DynSolValue::Tuple(fields.into_iter().map(&mut put).collect())
            }
            other => put(other),
        })
        .collect()
}

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
    type Rows = Vec<(&'static str, DynSolValue)>;
    let calls: Vec<(&str, Option<(EntryKind, &str)>, Vec<(&str, &str)>, Rows)> = vec![
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
            let found = manager::check(function, &values, &registry, seconds_from_now(0));
            let expected = found.first().and_then(|it| it.what.contract_error());

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
