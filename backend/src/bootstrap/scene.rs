//! What the chain says before anything is planned: who may order what, and what is there already. Every value is what a
//! quorum of the endpoints says.

use alloy::primitives::{Address, Bytes, U256};
use alloy::sol_types::SolCall;
use phase8_shared::api::{ReadRequest, ReadValue};
use phase8_shared::chain::abi::{IOwnerProxy, IPauseGuardian, ITimelock};
use phase8_shared::chain::manager::Registry;
use phase8_shared::chain::{Call, Contracts};
use phase8_shared::plan::{Order, Roster, Route, Stage};
use phase8_shared::policy::ModelAdapter;
use serde_json::json;

use super::BootstrapError;
use crate::chain::quorum::{Patience, QuorumConfig};
use crate::chain::{ChainError, Quorum, Rpc, deployment_in, read_deployment};
use crate::config::{ChainMode, Config, Endpoint};
use crate::relay::Now;

/// Calls in one question.
const ROOM: usize = ReadRequest::MAX_CALLS;

/// A chain that answers.
#[derive(Debug, Clone)]
pub struct Chain {
    /// The endpoint that transactions go to.
    pub rpc: Rpc,
    /// All endpoints, for what gates a signature.
    pub quorum: Quorum,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The contracts of the deployment's file, if there is one for this chain.
    pub deployed: Option<Contracts>,
}

/// What the chain says.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The manager and, where they are known, the contracts around it.
    pub contracts: Contracts,
    /// How calls reach the manager.
    pub route: Route,
    /// Who must send them.
    pub owner: Address,
    /// The owner's nonce at the door; zero without a door.
    pub door_nonce: U256,
    /// What the manager holds.
    pub registry: Registry,
    /// The guild and the adapters, where their contracts are known.
    pub roster: Option<Roster>,
    /// Seconds that the owner's timelock waits.
    pub delay: u64,
    /// Unix seconds by which the chain judges.
    pub now: u64,
    /// The block that was read last.
    pub block: u64,
}

/// The address of an endpoint, and whether a person named it.
#[derive(Debug)]
pub enum Named {
    /// No endpoint is configured, and no development chain runs.
    Nowhere,
    /// A person named it.
    Configured(Endpoint),
    /// A server on this machine left it behind; it may have ended since.
    Devnet(Endpoint),
}

/// Where the chain answers, as far as the configuration says.
pub fn endpoint(config: &Config) -> Named {
    if let (ChainMode::Endpoint, Some(url)) = (config.chain.mode, &config.chain.rpc_url) {
        return Named::Configured(url.clone());
    }
    let left = std::fs::read(config.storage.data.join("devnet.json")).ok();
    let left = left.and_then(|text| serde_json::from_slice::<serde_json::Value>(&text).ok());
    let url = left.as_ref().and_then(|left| left.get("url")?.as_str());
    url.map_or(Named::Nowhere, |url| Named::Devnet(Endpoint::new(url.to_owned())))
}

/// The contracts of the deployment's file, as they stand there.
pub fn contracts_on_file(config: &Config) -> Option<(u64, Contracts)> {
    let usual = config.storage.deployment();
    let file = config.chain.deployment.as_deref().unwrap_or(&usual);
    let deployment = deployment_in(file).ok().flatten()?;
    Some((deployment.chain_id, deployment.contracts))
}

impl Chain {
    /// Reaches the chain at an address, and holds it against what was expected.
    pub async fn reach(url: &Endpoint, config: &Config, now: Now) -> Result<Self, BootstrapError> {
        let limit = crate::app::RPC_TIMEOUT;
        let rpc = Rpc::connect(url.expose(), limit)?;
        let chain_id = rpc.chain_id().await?;
        if let Some(expected) = config.chain.expected_chain_id
            && expected != chain_id
        {
            return Err(ChainError::WrongChain { expected, found: chain_id }.into());
        }
        let mut endpoints = vec![rpc.clone()];
        if config.chain.mode == ChainMode::Endpoint {
            for url in &config.chain.rpc_urls {
                endpoints.push(Rpc::connect(url.expose(), limit)?);
            }
        }
        let terms =
            QuorumConfig { chain_id, needed: config.chain.quorum(), patience: Patience::default() };
        let quorum = Quorum::new(endpoints, terms, now);
        let usual = config.storage.deployment();
        let file = config.chain.deployment.as_deref().or_else(|| {
            // A file that is left of another chain says nothing about this one.
            let is_own = contracts_on_file(config).is_some_and(|(id, _)| id == chain_id);
            is_own.then_some(usual.as_path())
        });
        let deployed = match file {
            Some(file) => Some(read_deployment(&rpc, file).await?.contracts),
            None => None,
        };
        Ok(Self { rpc, quorum, chain_id, deployed })
    }

    /// Reads everything that a plan for this manager rests on.
    pub async fn read(
        &self,
        manager: Address,
        adapters: &[ModelAdapter],
    ) -> Result<Scene, BootstrapError> {
        let code = self.rpc.code(manager).await?;
        if code.is_empty() {
            return Err(BootstrapError::NoManager { manager, chain_id: self.chain_id });
        }
        // Contracts of a deployment that has another manager are not this one's.
        let deployed = self.deployed.filter(|contracts| contracts.manager == manager);
        let mut contracts = deployed
            .unwrap_or_else(|| Contracts { manager, ..Contracts::locate(|_| Address::ZERO) });
        let garbled = |error| BootstrapError::NotAManager { manager, why: error };
        let registry = Registry::read(&self.ask(&Registry::calls(&contracts)).await?);
        let registry = registry.map_err(garbled)?;
        let bindings = self.ask(&registry.binding_calls(&contracts)).await?;
        let registry = registry.bind(&bindings).map_err(garbled)?;
        let governance = registry.governance;
        if deployed.is_none() && self.is_door(governance).await? {
            contracts.owner_proxy = governance;
        }
        let route = Route::to(manager, governance, &contracts);
        let owner = match route {
            Route::Direct { .. } => governance,
            Route::OwnerProxy { proxy, .. } => {
                self.rpc.view(proxy, IOwnerProxy::ownerCall {}).await?
            }
        };
        let mut scene = Scene {
            contracts,
            route,
            owner,
            door_nonce: U256::ZERO,
            registry,
            roster: None,
            delay: 0,
            now: 0,
            block: 0,
        };
        self.read_around(&mut scene, deployed.is_some(), adapters).await?;
        Ok(scene)
    }

    /// The door's nonce, the delay, the guild and the adapters.
    async fn read_around(
        &self,
        scene: &mut Scene,
        is_deployed: bool,
        adapters: &[ModelAdapter],
    ) -> Result<(), BootstrapError> {
        let contracts = scene.contracts;
        if let Route::OwnerProxy { proxy, .. } = scene.route {
            let call = IOwnerProxy::noncesCall { owner: scene.owner };
            scene.door_nonce = self.rpc.view(proxy, call).await?;
        }
        let block = self.rpc.latest_block().await?;
        (scene.block, scene.now) = (block.number(), block.timestamp.to());
        // Guild and adapters obey the door alone.
        if !is_deployed || !matches!(scene.route, Route::OwnerProxy { .. }) {
            return Ok(());
        }
        let found = self.rpc.view(contracts.pause_guardian, IPauseGuardian::ownerCall {}).await?;
        if found != contracts.owner_proxy {
            return Err(BootstrapError::PauseGuardianNotOwner {
                found,
                expected: contracts.owner_proxy,
            });
        }
        let delay = self.rpc.view(contracts.owner_timelock, ITimelock::getMinDelayCall {}).await?;
        scene.delay = delay.saturating_to();
        let answers = self.ask(&Roster::calls(&contracts, adapters)).await?;
        scene.roster = Some(Roster::read(&answers, adapters)?);
        Ok(())
    }

    /// How far the delayed ones of these orders are; `None` for those that act at once.
    pub async fn stages(
        &self,
        scene: &Scene,
        orders: &[Order],
    ) -> Result<Vec<Option<Stage>>, BootstrapError> {
        let mut stages = Vec::with_capacity(orders.len());
        for order in orders {
            let operations = order.operations(&scene.contracts, scene.delay);
            if operations.is_empty() {
                stages.push(None);
                continue;
            }
            let questions: Vec<Call> = operations.iter().map(Stage::question).collect();
            let answers = self.ask(&questions).await?;
            let timestamps: Vec<U256> = answers
                .iter()
                .map(|answer| answer.decode::<ITimelock::getTimestampCall>().unwrap_or_default())
                .collect();
            stages.push(Stage::of(operations, &timestamps, scene.now));
        }
        Ok(stages)
    }

    /// Addresses among these that hold no contract.
    pub async fn without_code(
        &self,
        addresses: &[(&'static str, Address)],
    ) -> Result<Vec<(&'static str, Address)>, BootstrapError> {
        let params: Vec<_> =
            addresses.iter().map(|(_, address)| json!([address, "latest"])).collect();
        let codes: Vec<Bytes> = self.rpc.ask_each("eth_getCode", &params).await?;
        let pairs = addresses.iter().zip(codes).filter(|(_, code)| code.is_empty());
        Ok(pairs.map(|(named, _)| *named).collect())
    }

    /// Whether a contract is an owner's door.
    async fn is_door(&self, account: Address) -> Result<bool, BootstrapError> {
        let call = IOwnerProxy::isDelegateCall {
            delegate: Address::ZERO,
            target: Address::ZERO,
            selector: [0; 4].into(),
        };
        let question = Call { to: account, data: call.abi_encode().into() };
        let answers = self.ask(&[question]).await?;
        Ok(answers
            .first()
            .is_some_and(|answer| answer.decode::<IOwnerProxy::isDelegateCall>().is_some()))
    }

    /// Asks a quorum, as many calls at once as one request holds.
    async fn ask(&self, calls: &[Call]) -> Result<Vec<ReadValue>, BootstrapError> {
        let mut answers = Vec::with_capacity(calls.len());
        for some in calls.chunks(ROOM) {
            answers.extend(self.quorum.read(&ReadRequest::of(some.to_vec())).await?.before);
        }
        Ok(answers)
    }
}
