//! A chain with contracts, and a folder with everything that the program reads.

use std::path::{Path, PathBuf};
use std::time::Duration;

use alloy::primitives::{Address, B256, U256};
use phase8_backend::chain::{Devnet, DevnetConfig, Founding, Rpc, ensure_deployed};
use phase8_shared::api::{CreateMission, MissionView};
use phase8_shared::chain::{Call, Deployment, DevRole, approve_call, fund_call};
use phase8_shared::id::MissionId;
use phase8_shared::money::TokenAmount;
use phase8_shared::policy::{read_adapters, read_policies};
use phase8_shared::time::ClockScale;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The chain and the folder.
pub(crate) struct Stage {
    pub(crate) devnet: Option<Devnet>,
    pub(crate) rpc: Rpc,
    pub(crate) port: u16,
    pub(crate) deployment: Deployment,
    pub(crate) folder: TempDir,
}

fn anvil() -> PathBuf {
    let usual = "../contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join(usual);
    std::env::var_os("PHASE8_ANVIL").map_or_else(usual, PathBuf::from)
}

fn config(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../configs").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(config(name)).unwrap()
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let devnet = start(folder.path(), port).await;
        let rpc = Rpc::connect(devnet.url(), Duration::from_secs(5)).unwrap();
        let policies = read_policies(&read("governance-policies.json")).value.unwrap();
        let adapters = read_adapters(&read("model-adapters.json")).value.unwrap();
        let founding = Founding { policies: &policies, adapters: &adapters, delay_seconds: 30 };
        let file = folder.path().join("deployment.json");
        let deployment = ensure_deployed(&rpc, &file, founding).await.unwrap();
        Self { devnet: Some(devnet), rpc, port, deployment, folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the program's configuration: usual files, and whatever is added to each section.
    pub(crate) fn configure(&self, chain: &str, more: &str) {
        let text = format!(
            "[http]\nport = 0\ndist = {:?}\n[files]\npolicies = {:?}\nadapters = {:?}\n[storage]\ndata = {:?}\n[chain]\nmode = \"endpoint\"\npoll_ms = 100\ndeployment = {:?}\n{chain}\n{more}\n",
            self.path("dist"),
            config("governance-policies.json"),
            self.path("adapters.json"),
            self.path("data"),
            self.path("deployment.json"),
        );
        std::fs::write(self.path("phase8.toml"), text).unwrap();
    }

    /// Writes the adapters' file: the usual ones, each at this endpoint if there is one.
    pub(crate) fn write_adapters(&self, endpoint: Option<Value>) {
        let mut adapters: Value = serde_json::from_str(&read("model-adapters.json")).unwrap();
        if let Some(endpoint) = endpoint {
            for adapter in adapters.as_array_mut().unwrap() {
                adapter["endpoint"] = endpoint.clone();
            }
        }
        std::fs::write(self.path("adapters.json"), adapters.to_string()).unwrap();
    }

    /// Ends the chain; it can be started again where it was.
    pub(crate) async fn end_chain(&mut self) {
        self.devnet.take().unwrap().stop().await;
    }

    pub(crate) async fn begin_chain_again(&mut self) {
        self.devnet = Some(start(self.folder.path(), self.port).await);
    }

    /// Gives an account ether.
    pub(crate) async fn set_ether(&self, account: Address, wei: U256) {
        let set: Value = self.rpc.ask("anvil_setBalance", json!([account, wei])).await.unwrap();
        assert!(set.is_null());
    }

    pub(crate) fn operator(&self) -> Address {
        let mut accounts = self.deployment.dev_accounts.iter();
        accounts.find(|account| account.role == DevRole::Operator).unwrap().address
    }

    /// A launch of this job.
    pub(crate) fn launch(&self, spec: String) -> String {
        let launch = CreateMission {
            spec,
            operator: self.operator(),
            reward: TokenAmount::from_tokens_decimal("100").unwrap(),
            clock_scale: ClockScale::try_from(1).unwrap(),
        };
        serde_json::to_string(&launch).unwrap()
    }

    /// Pays what a mission's escrow is to hold.
    pub(crate) async fn fund(&self, mission: MissionId, view: &MissionView) {
        let contracts = &self.deployment.contracts;
        for call in [
            approve_call(contracts, view.funding.deposit),
            fund_call(contracts, mission.key(), &view.funding.terms),
        ] {
            self.send(&call).await;
        }
    }

    async fn send(&self, call: &Call) {
        let transaction =
            json!({ "from": self.operator(), "to": call.to, "data": call.data, "gas": "0x4c4b40" });
        let hash: B256 = self.rpc.ask("eth_sendTransaction", json!([transaction])).await.unwrap();
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        let receipt = loop {
            if let Some(receipt) = self.rpc.find_receipt(hash).await.unwrap() {
                break receipt;
            }
            ticks.tick().await;
        };
        assert!(receipt.succeeded());
    }
}

async fn start(folder: &Path, port: u16) -> Devnet {
    let state = folder.join("anvil-state.json");
    Devnet::start(DevnetConfig { anvil: anvil(), state, port: Some(port) }).await.unwrap()
}
