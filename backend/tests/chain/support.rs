//! A chain with contracts, wallets that sign as the page's do, and an orchestrator that only listens.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, U64, U256};
use alloy::sol_types::SolCall;
use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, Response};
use phase8_backend::chain::cursor::Cursor;
use phase8_backend::chain::watcher::{Watcher, WatcherConfig};
use phase8_backend::chain::{Devnet, DevnetConfig, Founding, Reader, Rpc, ensure_deployed};
use phase8_backend::relay::orchestrator::{OrchestratorError, OrchestratorPort};
use phase8_backend::relay::{Now, Relay, RelayConfig, RelayDb, RelayError, Relayer};
use phase8_shared::api::{
    ChainEffect, EventPage, LedgerKey, Observed, ServiceHealth, TransactionStatus, TransactionView,
    routes,
};
use phase8_shared::chain::abi::{IGuardianCouncil, IPauseGuardian};
use phase8_shared::chain::{
    ApprovalRequest, Call, Circumstances, Contracts, Deployment, DevRole, Intent, Lever, LeverRole,
    ReleaseApproval, approve_call, fund_call, typed_data_json,
};
use phase8_shared::id::{MilestoneIndex, MissionId, Seq};
use phase8_shared::ledger::Commitment;
use phase8_shared::mission::{EscrowTerms, MilestoneTerms};
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_shared::policy::{GovernancePolicies, ModelAdapter, read_adapters, read_policies};
use phase8_shared::time::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// Whatever the chain does is done by then, or never.
const PATIENCE: Duration = Duration::from_secs(30);

/// The anvil binary to test with.
pub(crate) fn anvil() -> PathBuf {
    if let Some(path) = std::env::var_os("PHASE8_ANVIL") {
        return path.into();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let places = [
        root.join("contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"),
        root.join("contracts/node_modules/.bin/anvil"),
    ];
    let found = places.into_iter().find(|path| path.exists());
    found.expect("set PHASE8_ANVIL to an anvil binary, or run `npm ci` in contracts/")
}

/// The policies as they are shipped.
pub(crate) fn policies() -> GovernancePolicies {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs/governance-policies.json");
    read_policies(&std::fs::read_to_string(path).unwrap()).value.unwrap()
}

/// The model adapters as they are shipped.
pub(crate) fn adapters() -> &'static [ModelAdapter] {
    static ADAPTERS: LazyLock<Vec<ModelAdapter>> = LazyLock::new(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs/model-adapters.json");
        read_adapters(&std::fs::read_to_string(path).unwrap()).value.unwrap()
    });
    &ADAPTERS
}

/// Seconds that accelerators wait here.
pub(crate) const DELAY: u32 = 30;

/// The contracts of these policies.
pub(crate) fn founding(policies: &GovernancePolicies) -> Founding<'_> {
    Founding { policies, adapters: adapters(), delay_seconds: DELAY }
}

/// A development chain with the contracts on it.
pub(crate) struct World {
    pub(crate) devnet: Devnet,
    pub(crate) rpc: Rpc,
    pub(crate) deployment: Deployment,
    pub(crate) reader: Reader,
    pub(crate) db: RelayDb,
    pub(crate) relay: Relay,
    pub(crate) folder: TempDir,
}

impl World {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let devnet = start_devnet(folder.path(), None).await;
        let rpc = Rpc::connect(devnet.url(), Duration::from_secs(5)).unwrap();
        let deployment =
            ensure_deployed(&rpc, &folder.path().join("deployment.json"), founding(&policies()))
                .await
                .unwrap();
        let reader = Reader::new(rpc.clone(), &deployment);
        let db = RelayDb::open(&folder.path().join("relay.db")).unwrap();
        let relay = Relay::new(reader.clone(), &deployment, db.clone(), now());
        Self { devnet, rpc, deployment, reader, db, relay, folder }
    }

    /// The same chain after a stop and a start, with readers that know where it answers now.
    pub(crate) async fn restart_chain(self) -> Self {
        let Self { devnet, deployment, db, folder, .. } = self;
        devnet.stop().await;
        let devnet = start_devnet(folder.path(), None).await;
        let rpc = Rpc::connect(devnet.url(), Duration::from_secs(5)).unwrap();
        let reader = Reader::new(rpc.clone(), &deployment);
        let relay = Relay::new(reader.clone(), &deployment, db.clone(), now());
        Self { devnet, rpc, deployment, reader, db, relay, folder }
    }

    /// The relay of another run of the server, on the same database.
    pub(crate) fn restarted_relay(&self) -> Relay {
        Relay::new(self.reader.clone(), &self.deployment, self.db.clone(), now())
    }

    /// The account that plays a part; the first of several.
    pub(crate) fn account(&self, role: DevRole) -> Address {
        self.accounts(role)[0]
    }

    pub(crate) fn accounts(&self, role: DevRole) -> Vec<Address> {
        let accounts = self.deployment.dev_accounts.iter();
        accounts.filter(|account| account.role == role).map(|account| account.address).collect()
    }

    pub(crate) fn payee(&self, role: &str) -> Address {
        self.deployment.payees[&role.parse().unwrap()]
    }

    pub(crate) async fn tokens(&self, account: Address) -> U256 {
        self.reader.token_balance(account).await.unwrap().get()
    }

    /// Signs a call as the rehearsal wallet does: the development chain holds the key.
    pub(crate) async fn sign(&self, from: Address, call: &Call) -> Bytes {
        self.sign_with(from, call, json!({})).await
    }

    /// The same with other fields.
    pub(crate) async fn sign_with(&self, from: Address, call: &Call, other: Value) -> Bytes {
        let nonce: U64 =
            self.rpc.ask("eth_getTransactionCount", json!([from, "pending"])).await.unwrap();
        let mut request = json!({
            "from": from,
            "to": call.to,
            "data": call.data,
            "value": "0x0",
            "nonce": nonce,
            "gas": "0x4c4b40",
            "maxFeePerGas": "0x77359400",
            "maxPriorityFeePerGas": "0x3b9aca00",
            "chainId": "0x7a69",
            "type": "0x2",
        });
        for (field, value) in other.as_object().unwrap() {
            request[field] = value.clone();
        }
        self.rpc.ask("eth_signTransaction", json!([request])).await.unwrap()
    }

    /// Signs and relays.
    pub(crate) async fn relay(
        &self,
        from: Address,
        call: &Call,
    ) -> Result<TransactionView, RelayError> {
        let raw = self.sign(from, call).await;
        self.relay.submit(raw).await
    }

    /// Signs and relays what must succeed.
    pub(crate) async fn relay_well(&self, from: Address, call: &Call) -> TransactionView {
        let sent = self.relay(from, call).await.unwrap();
        let view = self.decided(&self.relay, sent.hash).await;
        assert!(matches!(view.status, TransactionStatus::Included { .. }), "{view:?}");
        view
    }

    /// Flips a lever and, if it is one that waits, carries it out when its delay is over.
    pub(crate) async fn flip(&self, from: Address, lever: &Lever) {
        let contracts = &self.deployment.contracts;
        self.relay_well(from, &lever.call(contracts)).await;
        if let Some(operation) = intent(lever, contracts).operation {
            self.skip(u64::from(DELAY) + 1).await;
            self.relay_well(self.account(DevRole::Operator), &operation.execute()).await;
        }
    }

    /// Every guardian of the council co-signs that the fleet resumes after the tripwire.
    pub(crate) async fn cosign_resume(&self) {
        let contracts = &self.deployment.contracts;
        let trip = IPauseGuardian::tripCall {};
        let trip = self.rpc.view(contracts.pause_guardian, trip).await.unwrap();
        let data = IGuardianCouncil::cosignResumeCall { trip }.abi_encode().into();
        let call = Call { to: contracts.guardian_council, data };
        for guardian in policies().governance_council {
            self.relay_well(guardian, &call).await;
        }
    }

    /// Moves the chain's clock on.
    pub(crate) async fn skip(&self, seconds: u64) {
        self.rpc.ask::<Value>("evm_increaseTime", json!([seconds])).await.unwrap();
        self.rpc.ask::<Value>("evm_mine", json!([])).await.unwrap();
    }

    /// What a relayed transaction comes to.
    pub(crate) async fn decided(&self, relay: &Relay, hash: B256) -> TransactionView {
        until("the transaction is decided", || async {
            relay.settle_all().await.unwrap();
            let view = relay.find(hash).await.unwrap().unwrap();
            (!view.status.is_open()).then_some(view)
        })
        .await
    }

    /// A relay on the same database with this configuration.
    pub(crate) fn relay_with(&self, config: RelayConfig) -> Relay {
        Relay::configured(self.reader.clone(), &self.deployment, self.db.clone(), now(), config)
    }

    /// Approves and funds a mission with the operator's wallet.
    pub(crate) async fn fund(&self, mission: MissionId, terms: &EscrowTerms) {
        let operator = self.account(DevRole::Operator);
        self.relay_well(
            operator,
            &approve_call(&self.deployment.contracts, terms.deposit().unwrap()),
        )
        .await;
        self.relay_well(operator, &fund_call(&self.deployment.contracts, mission.key(), terms))
            .await;
    }

    /// What validators are asked to sign for a milestone.
    pub(crate) fn request(&self, mission: MissionId, milestone: u8) -> ApprovalRequest {
        ApprovalRequest {
            chain_id: self.deployment.chain_id,
            escrow: self.deployment.contracts.escrow,
            mission: mission.key(),
            milestone: MilestoneIndex(milestone),
            deliverable: Commitment(B256::repeat_byte(0xd0 + milestone)),
            root: B256::repeat_byte(0xe0 + milestone),
            deadline: seconds_from_now(3_600),
        }
    }

    /// Signs an approval with a wallet of the development chain.
    pub(crate) async fn sign_approval(
        &self,
        validator: Address,
        request: &ApprovalRequest,
    ) -> Bytes {
        self.rpc
            .ask("eth_signTypedData_v4", json!([validator, typed_data_json(request)]))
            .await
            .unwrap()
    }

    /// The engine's wish to release a milestone, signed by these validators.
    pub(crate) async fn release(
        &self,
        mission: MissionId,
        milestone: u8,
        validators: &[Address],
    ) -> ChainEffect {
        let request = self.request(mission, milestone);
        let mut approvals = Vec::new();
        for validator in validators {
            let signature = self.sign_approval(*validator, &request).await;
            approvals.push(ReleaseApproval {
                validator: *validator,
                deadline: request.deadline,
                signature,
            });
        }
        approvals.sort_by_key(|approval| approval.validator);
        ChainEffect::ReleaseMilestone {
            mission,
            milestone: request.milestone,
            deliverable: request.deliverable,
            root: request.root,
            approvals,
        }
    }

    /// A watcher that reports to this orchestrator, with its switch.
    pub(crate) fn watch(
        &self,
        orchestrator: &Arc<Listener>,
    ) -> (
        tokio::sync::watch::Receiver<phase8_backend::chain::watcher::ChainHealth>,
        CancellationToken,
    ) {
        let contracts = self.deployment.contracts;
        let cursor = Cursor::new(self.db.clone(), self.deployment.chain_id, contracts.escrow);
        let config =
            WatcherConfig { interval: Duration::from_millis(50), ..WatcherConfig::default() };
        let port: Arc<dyn OrchestratorPort> = Arc::clone(orchestrator) as _;
        let watcher =
            Watcher::new(self.reader.clone(), self.deployment.from_block, cursor, port, config);
        let health = watcher.health();
        let stop = CancellationToken::new();
        tokio::spawn(watcher.run(stop.clone()));
        (health, stop)
    }
}

pub(crate) async fn start_devnet(folder: &Path, port: Option<u16>) -> Devnet {
    let config = DevnetConfig {
        anvil: anvil(),
        state: folder.join("anvil-state.json"),
        port: port.or_else(|| Some(free_port())),
    };
    Devnet::start(config).await.unwrap()
}

pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub(crate) fn now() -> Now {
    Arc::new(|| Timestamp::from_millis(seconds_from_now(0) * 1000))
}

#[expect(clippy::disallowed_methods, reason = "the chain runs on the machine's clock")]
pub(crate) fn seconds_from_now(seconds: u64) -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    now.as_secs() + seconds
}

/// What a wallet signs to flip a lever.
pub(crate) trait Flip {
    /// The owner's call through the door, or the brake's own.
    fn call(&self, contracts: &Contracts) -> Call;
}

impl Flip for Lever {
    fn call(&self, contracts: &Contracts) -> Call {
        if self.role() == LeverRole::PauseGuardian {
            return self.effect(contracts);
        }
        intent(self, contracts).transaction()
    }
}

/// The owner's intent to flip a lever.
pub(crate) fn intent(lever: &Lever, contracts: &Contracts) -> Intent {
    let around = Circumstances {
        chain_id: 31_337,
        nonce: U256::ZERO,
        deadline: u64::MAX,
        delay: u64::from(DELAY),
        salt: B256::ZERO,
    };
    Intent::new(lever.clone(), contracts, around)
}

pub(crate) fn relayer() -> Relayer {
    Relayer::of_development_chain().unwrap()
}

pub(crate) fn mission(number: u8) -> MissionId {
    MissionId::from_bytes([number; 16])
}

pub(crate) fn tokens(whole: u64) -> TokenAmount {
    TokenAmount::from_tokens_decimal(&whole.to_string()).unwrap()
}

/// Three milestones: the planner, then builder and analyst in shares, then all three, with an odd reward.
pub(crate) fn terms(world: &World) -> EscrowTerms {
    let (planner, builder, analyst) =
        (world.payee("planner"), world.payee("dev"), world.payee("analyst"));
    EscrowTerms {
        reward: TokenAmount::new(U256::from(10_000_000_000_000_000_001_u128)),
        validator_reward_bps: 300,
        duration_bonus_bps: 500,
        stake: tokens(50),
        failure_penalty_bps: 5_000,
        bonus_deadline: seconds_from_now(86_400),
        expiry: seconds_from_now(30 * 86_400),
        quorum: 2,
        budget_cap: MicroUsd::new(1_200_000_000),
        spec_hash: B256::repeat_byte(0x5e),
        milestones: vec![
            MilestoneTerms { payout_bps: 2_000, payees: vec![planner] },
            MilestoneTerms { payout_bps: 5_000, payees: vec![builder, analyst] },
            MilestoneTerms { payout_bps: 3_000, payees: vec![planner, builder, analyst] },
        ],
    }
}

/// Waits until something holds.
pub(crate) async fn until<T, F>(what: &str, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if let Some(found) = look().await {
            return found;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("waited in vain: {what}");
}

/// An orchestrator that keeps what it is told and asks for what it was given.
#[derive(Debug, Default)]
pub(crate) struct Listener {
    facts: Mutex<Vec<Observed>>,
    effects: Mutex<Vec<ChainEffect>>,
    away: Mutex<bool>,
}

impl Listener {
    pub(crate) fn facts(&self) -> Vec<Observed> {
        self.facts.lock().unwrap().clone()
    }

    pub(crate) fn ask_for(&self, effects: Vec<ChainEffect>) {
        *self.effects.lock().unwrap() = effects;
    }

    pub(crate) fn set_away(&self, away: bool) {
        *self.away.lock().unwrap() = away;
    }

    fn check(&self) -> Result<(), OrchestratorError> {
        if *self.away.lock().unwrap() {
            Err(OrchestratorError::Unreachable("switched off".into()))
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl OrchestratorPort for Listener {
    async fn forward(&self, request: Request<Body>) -> Result<Response<Body>, OrchestratorError> {
        Err(OrchestratorError::NotPublic(request.uri().path().to_owned()))
    }

    async fn post_facts(&self, facts: &[Observed]) -> Result<(), OrchestratorError> {
        self.check()?;
        self.facts.lock().unwrap().extend_from_slice(facts);
        Ok(())
    }

    async fn pending_effects(&self) -> Result<Vec<ChainEffect>, OrchestratorError> {
        self.check()?;
        Ok(self.effects.lock().unwrap().clone())
    }

    async fn events_after(
        &self,
        _mission: MissionId,
        _after: Seq,
    ) -> Result<Option<EventPage>, OrchestratorError> {
        Ok(None)
    }

    async fn ledger_key(&self) -> Result<LedgerKey, OrchestratorError> {
        Err(OrchestratorError::NotPublic(routes::LEDGER_KEY.to_owned()))
    }

    async fn health(&self) -> ServiceHealth {
        ServiceHealth {
            name: "orchestrator".to_owned(),
            ok: true,
            detail: "listens".to_owned(),
            block: None,
        }
    }
}
