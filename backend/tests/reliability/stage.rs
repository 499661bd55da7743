//! Everything real: a chain with the contracts on it, a database server, and servers that share both. People launch, pay,
//! approve and answer through a server's API, as the page does.

use alloy::primitives::{Address, U256};
use phase8_shared::api::{
    AnswerQuestion, ApproveMilestone, CreateMission, MissionView, SubmitTransaction,
    TransactionView, routes,
};
use phase8_shared::chain::{
    ApprovalRequest, DevRole, MissionAnswerRequest, approve_call, fund_call, typed_data_json,
};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::mission::{Answer, Event, MilestoneStatus, MissionState};
use phase8_shared::money::TokenAmount;
use phase8_shared::time::ClockScale;
use serde_json::{Value, json};
use tokio::process::Command;

use super::model::FakeModel;
use super::people::People;
use super::postgres::Postgres;
use super::support::{World, seconds_from_now, tokens};
use super::worker::{Ground, PHASE8, Trouble, Worker};

const JOB: &str = include_str!("job.json");
const ADAPTERS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/model-adapters.json"));
/// Key of the development chain's account 6, which relays. Everybody knows it.
const RELAYER_KEY: &str = "92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e";

/// What the servers share.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) postgres: Postgres,
    pub(crate) model: FakeModel,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let (model, world) = (FakeModel::start().await, World::start().await);
        let mut key = Command::new(PHASE8);
        key.args(["ledger", "key", "--new"]).arg(world.folder.path().join("checkpoint.key"));
        assert!(key.output().await.unwrap().status.success(), "no key was made");
        Self { world, postgres: Postgres::start(), model }
    }

    /// Where one server keeps what is its own.
    pub(crate) fn ground(&self) -> Ground {
        let ground = Ground::new();
        let mut adapters: Vec<Value> = serde_json::from_str(ADAPTERS).unwrap();
        for adapter in &mut adapters {
            let model = format!("model-of-{}", adapter["id"].as_str().unwrap());
            adapter["endpoint"] =
                json!({ "kind": "openai", "baseUrl": self.model.base_url(), "model": model });
        }
        let write = |name: &str, text: &str| std::fs::write(ground.path(name), text).unwrap();
        write("adapters.json", &serde_json::to_string(&adapters).unwrap());
        write("relayer.key", RELAYER_KEY);
        let shared = self.world.folder.path();
        let policies = concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/governance-policies.json");
        let text = format!(
            "[chain]\nmode = \"endpoint\"\nrpc_url = {:?}\ndeployment = {:?}\nrelayer_key_file = \"relayer.key\"\npoll_ms = 100\n\n\
             [orchestrator]\nlease_seconds = 2\n\n[files]\npolicies = {policies:?}\nadapters = \"adapters.json\"\n\n\
             [ledger]\nkey_file = {:?}\n",
            self.world.devnet.url(),
            shared.join("deployment.json").display().to_string(),
            shared.join("checkpoint.key").display().to_string(),
        );
        write("serve.toml", &text);
        ground
    }

    /// A server on this ground.
    pub(crate) async fn server(&self, ground: &Ground) -> Worker {
        Worker::serve(ground, &[("DATABASE_URL", &self.postgres.url)]).await
    }

    fn operator(&self) -> Address {
        self.world.account(DevRole::Operator)
    }

    /// Launches the small job and deposits what it asks for.
    pub(crate) async fn launch(&self, server: &Worker, mission: MissionId) -> MissionView {
        let launch = CreateMission {
            spec: JOB.to_owned(),
            operator: self.operator(),
            reward: tokens(1_000),
            clock_scale: ClockScale::try_from(1).unwrap(),
        };
        let view: MissionView = server.put(&routes::mission(mission), &launch).await.unwrap();
        let contracts = &self.world.deployment.contracts;
        for call in [
            approve_call(contracts, view.funding.deposit),
            fund_call(contracts, mission.key(), &view.funding.terms),
        ] {
            let raw = self.world.sign(self.operator(), &call).await;
            let sent = server.post(routes::TRANSACTIONS, &SubmitTransaction { raw }).await.unwrap();
            let sent: TransactionView = serde_json::from_str(&sent).unwrap();
            assert_eq!(sent.from, self.operator());
        }
        view
    }

    /// The guild signs whatever waits for approval now; how many signatures were given.
    pub(crate) async fn approve(&self, server: &Worker, mission: MissionId) -> usize {
        let state = fold(server, mission).await;
        let (deployment, mut given) = (&self.world.deployment, 0);
        for milestone in &state.milestones {
            let MilestoneStatus::AwaitingApproval { deliverable, tree, expires_at, approvals } =
                &milestone.status
            else {
                continue;
            };
            let guild = self.world.accounts(DevRole::Validator);
            let quorum = usize::from(state.created.terms.quorum);
            let missing = quorum.saturating_sub(approvals.len());
            let asked = guild.iter().filter(|validator| !approvals.contains_key(*validator));
            for validator in asked.take(missing) {
                let request = ApprovalRequest {
                    chain_id: deployment.chain_id,
                    escrow: deployment.contracts.escrow,
                    mission: mission.key(),
                    milestone: milestone.index,
                    deliverable: *deliverable,
                    root: tree.root,
                    deadline: expires_at.unix_seconds(),
                };
                let signature = self.signed(*validator, &typed_data_json(&request)).await;
                let (validator, deadline) = (*validator, request.deadline);
                let approval = ApproveMilestone { validator, deadline, signature };
                let path = routes::approvals(mission, milestone.index);
                server.post(&path, &approval).await.unwrap();
                given += 1;
            }
        }
        given
    }

    /// The owner says what the provider billed for a call whose outcome is unknown.
    pub(crate) async fn reconcile(
        &self,
        server: &Worker,
        mission: MissionId,
        question: Seq,
        answer: Answer,
    ) -> Result<(), Trouble> {
        let (deployment, by) = (&self.world.deployment, self.world.account(DevRole::Owner));
        let request = MissionAnswerRequest {
            chain_id: deployment.chain_id,
            escrow: deployment.contracts.escrow,
            mission: mission.key(),
            question,
            answer,
            reason: "the provider's bill".to_owned(),
            deadline: seconds_from_now(600),
        };
        let signature = self.signed(by, &request.typed_data_json()).await;
        let MissionAnswerRequest { reason, deadline, .. } = request;
        let answered = AnswerQuestion { by, answer, reason, deadline, signature };
        server.post(&routes::answers(mission, question), &answered).await.map(drop)
    }

    async fn signed(&self, by: Address, data: &Value) -> alloy::primitives::Bytes {
        self.world.rpc.ask("eth_signTypedData_v4", json!([by, data])).await.unwrap()
    }

    /// What the escrow holds.
    pub(crate) async fn escrow(&self) -> TokenAmount {
        TokenAmount::new(self.world.tokens(self.world.deployment.contracts.escrow).await)
    }

    /// Every transaction of the servers' wallet that is in a block: what it called, and whether that succeeded.
    pub(crate) async fn relayed(&self) -> Vec<(Address, Vec<u8>, bool)> {
        let wallet = self.world.account(DevRole::Relayer);
        let mut relayed = Vec::new();
        // What deployed the contracts comes before the deployment's last block.
        for number in self.world.deployment.from_block..=self.world.rpc.head().await.unwrap() {
            let block: Value = self
                .world
                .rpc
                .ask("eth_getBlockByNumber", json!([format!("{number:#x}"), true]))
                .await
                .unwrap();
            for sent in block["transactions"].as_array().unwrap() {
                let from: Address = serde_json::from_value(sent["from"].clone()).unwrap();
                let Ok(to) = serde_json::from_value::<Address>(sent["to"].clone()) else {
                    continue;
                };
                if from != wallet {
                    continue;
                }
                let hash = sent["hash"].clone();
                let receipt: Value =
                    self.world.rpc.ask("eth_getTransactionReceipt", json!([hash])).await.unwrap();
                let data: alloy::primitives::Bytes =
                    serde_json::from_value(sent["input"].clone()).unwrap();
                relayed.push((to, data.to_vec(), receipt["status"] == "0x1"));
            }
        }
        relayed
    }

    /// Transactions of the servers' wallet that wait for a block.
    pub(crate) async fn waiting(&self) -> U256 {
        let relayer = self.world.account(DevRole::Relayer);
        let count = async |tag: &str| -> U256 {
            self.world.rpc.ask("eth_getTransactionCount", json!([relayer, tag])).await.unwrap()
        };
        count("pending").await - count("latest").await
    }

    /// Whether each transaction gets a block at once.
    pub(crate) async fn mine(&self, at_once: bool) {
        self.world.rpc.ask::<Value>("evm_setAutomine", json!([at_once])).await.unwrap();
        if at_once {
            self.world.rpc.ask::<Value>("evm_mine", json!([])).await.unwrap();
        }
    }
}

/// The whole ledger of a mission.
pub(crate) async fn ledger(server: &Worker, mission: MissionId) -> Vec<Event> {
    People::read(server, mission).await.unwrap().unwrap_or_default()
}

/// The state of a mission, folded here.
pub(crate) async fn fold(server: &Worker, mission: MissionId) -> MissionState {
    MissionState::fold(&ledger(server, mission).await).unwrap()
}
