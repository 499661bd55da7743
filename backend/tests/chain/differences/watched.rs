//! A world that is asked before and after each flip.

use std::time::Duration;

use alloy::primitives::{Address, B256, U64, U256};
use phase8_backend::chain::Quorum;
use phase8_backend::chain::quorum::{Patience, QuorumConfig};
use phase8_shared::api::{ReadAnswer, ReadRequest, SimulatedOutcome};
use phase8_shared::chain::difference::{
    Difference, Signer, Stage, Subject, difference, questions, simulated_call,
};
use phase8_shared::chain::field::{DynSolValue, Names};
use phase8_shared::chain::manager::{EntryKind, Form, Registry};
use phase8_shared::chain::{
    Call, Change, Circumstances, ContractName, DevRole, Intent, Lever, decode, slug_key,
};
use serde_json::json;

use crate::support::{DELAY, World, now, seconds_from_now, until};

/// A world that is asked before and after each flip.
pub(super) struct Watched {
    pub(super) world: World,
    quorum: Quorum,
    flips: std::cell::Cell<u8>,
}

impl Watched {
    pub(super) async fn start() -> Self {
        let world = World::start().await;
        let patience = Patience { limit: Duration::from_secs(5), grace: Duration::from_millis(50) };
        let config = QuorumConfig { chain_id: 31_337, needed: 0, patience };
        let quorum = Quorum::new(vec![world.rpc.clone()], config, now());
        Self { world, quorum, flips: std::cell::Cell::new(0) }
    }

    pub(super) fn owner(&self) -> Address {
        self.world.account(DevRole::Owner)
    }

    pub(super) async fn read(&self, request: &ReadRequest) -> ReadAnswer {
        self.quorum.read(request).await.unwrap()
    }

    pub(super) async fn registry(&self) -> Registry {
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

    pub(super) fn intent(&self, lever: &Lever) -> Intent {
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
    pub(super) async fn tried(
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
    pub(super) async fn as_meant(&self, intent: &Intent, signer: Signer, stage: Stage) {
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

    pub(super) async fn send(&self, from: Address, call: &Call) {
        // Enough for each; anvil's own estimate sometimes still is of the block before.
        let gas = "0x4c4b40";
        let transaction = json!([{ "from": from, "to": call.to, "data": call.data, "gas": gas }]);
        let hash: B256 = self.world.rpc.ask("eth_sendTransaction", transaction).await.unwrap();
        let find = || async { self.world.rpc.find_receipt(hash).await.unwrap() };
        let receipt = until("the call is in a block", find).await;
        let path = decode::decode(&self.world.deployment.contracts, call).unwrap().path();
        assert_eq!(receipt.status, U64::from(1), "{path} was refused");
    }

    /// Flips a lever, and carries it out when its delay is over.
    pub(super) async fn flip(&self, lever: &Lever) {
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
    pub(super) async fn there_and_back(&self, lever: &Lever) {
        self.flip(lever).await;
        self.flip(&lever.inverse().unwrap()).await;
    }

    /// The lever that a form asks for, with these texts in it.
    pub(super) async fn form(
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

pub(super) fn fill(
    registry: &Registry,
    function: &str,
    entry: Option<(EntryKind, &str)>,
    texts: &[(&str, &str)],
) -> Form {
    let entry = entry.map(|(kind, slug)| registry.find(kind, slug_key(slug)).unwrap());
    let form = Form::new(function, registry, entry).unwrap();
    texts.iter().fold(form, |form, (field, text)| form.with(field, *text))
}

pub(super) const SOMEBODY: &str = "0x1111111111111111111111111111111111111111";
pub(super) const HASH: &str = "0x2222222222222222222222222222222222222222222222222222222222222222";

pub(super) const DOMAIN: [(&str, &str); 9] = [
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

pub(super) const SENTINEL: [(&str, &str); 6] = [
    ("slug", "Watch"),
    ("name", "The watch"),
    ("uri", "ipfs://watch"),
    ("agent", SOMEBODY),
    ("coverageSeconds", "7200"),
    ("sensitivityBps", "500"),
];

pub(super) const STREAM: [(&str, &str); 6] = [
    ("slug", "fund"),
    ("name", "The fund"),
    ("uri", "ipfs://fund"),
    ("vault", SOMEBODY),
    ("annualBudget", "1200000"),
    ("expansionBps", "250"),
];

pub(super) const PARAMETERS: [(&str, &str); 11] = [
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

pub(super) const PLAN: [(&str, &str); 5] = [
    ("planURI", "ipfs://plan"),
    ("planHash", HASH),
    ("cadenceSeconds", "86400"),
    ("lastExecutedAt", "1000"),
    ("lastReportURI", ""),
];

/// Registers two domains, a sentinel that watches one and a stream that funds both, with parameters and plan.
pub(super) async fn furnish(watched: &Watched) {
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

/// A call without a lever of its own.
pub(super) fn change(contract: ContractName, function: &str, values: Vec<DynSolValue>) -> Change {
    let (row, _) = decode::find_named(contract, function).unwrap();
    Change { contract, data: decode::encode(row, values).unwrap(), undo: None }
}
