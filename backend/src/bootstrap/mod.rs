//! Bringing a chain to what a manifest says: read, plan, try out, write the documents, send. Nothing is sent or written
//! before everything that could be wrong was looked at.

pub mod carry;
mod error;
pub mod folder;
pub mod history;
pub mod inputs;
pub mod keys;
pub mod report;
pub mod scene;
pub mod send;
pub mod simulate;
mod taken_down;

use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256, Bytes};
use alloy::sol_types::SolCall;
use phase8_shared::artifacts::{Artifact, Dossier, Facts};
use phase8_shared::chain::abi::IOwnerProxy;
use phase8_shared::chain::{Call, Circumstances, Intent, Operation};
use phase8_shared::findings::Findings;
use phase8_shared::plan::{Order, Plan, PlanRequest, Route, Stage, muster, plan};
use phase8_shared::score::dominance::GuardrailVerdict;
use phase8_shared::time::Timestamp;

pub use self::error::BootstrapError;
use self::inputs::Inputs;
use self::scene::{Chain, Named, Scene};
use self::simulate::Simulation;
pub use self::taken_down::prepare_teardown;
use crate::chain::ChainError;
use crate::config::Config;
use crate::relay::Now;

/// Seconds for which a signed request of the owner is good.
const GOOD_FOR: u64 = 3_600;
/// The chain whose plan is made where nobody names one.
const USUAL_CHAIN: u64 = 31_337;

/// What a plan is held against.
#[derive(Debug)]
pub enum Basis {
    /// No chain: everything is planned.
    Everything {
        /// Why no chain was asked.
        why: &'static str,
    },
    /// The chain: only what differs is planned.
    Chain(Box<(Chain, Scene)>),
}

/// One transaction of the owner.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it orders.
    pub order: Order,
    /// What the owner's wallet sends.
    pub call: Call,
    /// The same for the other exits, where a door leads to the manager.
    pub intent: Option<Intent>,
    /// What is scheduled by it and acts later.
    pub operation: Option<Operation>,
}

/// Everything that is known before a person decides.
#[derive(Debug)]
pub struct Prepared {
    /// Where the manifest is, if one was read.
    pub manifest: Option<PathBuf>,
    /// What is worth knowing about it.
    pub findings: Findings,
    /// What it was held against.
    pub basis: Basis,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The manager and how calls reach it.
    pub route: Route,
    /// Everything that is sent, in order.
    pub steps: Vec<Step>,
    /// What is as it should be.
    pub unchanged: usize,
    /// What a person should know.
    pub remarks: Vec<String>,
    /// What became of trying it out; `None` without a chain.
    pub simulation: Option<Simulation>,
    /// The documents; of a teardown the Safe's batch alone.
    pub artifacts: Vec<Artifact>,
    /// The dominance score against its guardrail.
    pub verdict: Option<GuardrailVerdict>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// The chain is asked where one is known.
    WhereKnown,
    /// No endpoint is asked.
    Never,
    /// Without a chain there is no answer.
    Needed,
}

/// Reads, plans and tries out.
pub async fn prepare(
    config: &Config,
    manifest: &Path,
    contact: Contact,
    now: &Now,
) -> Result<Prepared, BootstrapError> {
    let chain = reach(config, contact, now).await?;
    let on_file = scene::contracts_on_file(config);
    let chain_id = match &chain {
        Ok(chain) => chain.chain_id,
        Err(_) => {
            config.chain.expected_chain_id.or(on_file.map(|(id, _)| id)).unwrap_or(USUAL_CHAIN)
        }
    };
    let deployed = match &chain {
        Ok(chain) => chain.deployed,
        Err(_) => on_file.filter(|(id, _)| *id == chain_id).map(|(_, contracts)| contracts),
    };
    let inputs = Inputs::read(manifest, &config.files, deployed.as_ref())?;
    let manager = config
        .chain
        .expected_manager
        .or(inputs.manifest.global.manager)
        .or(deployed.map(|contracts| contracts.manager))
        .filter(|manager| !manager.is_zero())
        .ok_or(BootstrapError::WhichManager)?;
    let at = now();
    match chain {
        Ok(chain) => {
            let scene = chain.read(manager, &inputs.adapters).await?;
            expect_owner(config, &scene)?;
            against_chain(inputs, chain, scene, at).await
        }
        Err(why) => {
            let route = match deployed.filter(|contracts| contracts.manager == manager) {
                Some(contracts) => Route::OwnerProxy { manager, proxy: contracts.owner_proxy },
                None => Route::Direct { manager },
            };
            let sender = config.chain.expected_owner;
            let sender = sender.or(inputs.policies.as_ref().map(|policies| policies.owner));
            without_chain(inputs, why, chain_id, route, sender.unwrap_or_default(), at)
        }
    }
}

/// The owner is the one that `OWNER_ADDRESS` names, if it names one.
fn expect_owner(config: &Config, scene: &Scene) -> Result<(), BootstrapError> {
    match config.chain.expected_owner {
        Some(expected) if expected != scene.owner => Err(BootstrapError::NotOwner {
            manager: scene.route.manager(),
            found: scene.owner,
            expected,
        }),
        Some(_) | None => Ok(()),
    }
}

/// The chain, or why none is asked.
async fn reach(
    config: &Config,
    contact: Contact,
    now: &Now,
) -> Result<Result<Chain, &'static str>, BootstrapError> {
    if contact == Contact::Never {
        return Ok(Err("--offline"));
    }
    match scene::endpoint(config) {
        Named::Configured(url) => Chain::reach(&url, config, now.clone()).await.map(Ok),
        Named::Devnet(url) => match Chain::reach(&url, config, now.clone()).await {
            // The development chain ends with its server.
            Err(BootstrapError::Chain(ChainError::Unreachable { .. }))
                if contact == Contact::WhereKnown =>
            {
                Ok(Err("the development chain does not run"))
            }
            reached => reached.map(Ok),
        },
        Named::Nowhere if contact == Contact::Needed => Err(BootstrapError::NoChain),
        Named::Nowhere => Ok(Err("no endpoint is configured; RPC_URL names one")),
    }
}

fn without_chain(
    inputs: Inputs,
    why: &'static str,
    chain_id: u64,
    route: Route,
    sender: Address,
    at: Timestamp,
) -> Result<Prepared, BootstrapError> {
    let request = PlanRequest { now: at.unix_seconds(), record: None };
    let plan = plan(&inputs.manifest, None, &request).map_err(BootstrapError::WouldBeRefused)?;
    let steps = plan
        .orders()
        .into_iter()
        .zip(&plan.calls)
        .map(|(order, planned)| Step {
            order,
            call: route.call(planned),
            intent: None,
            operation: None,
        })
        .collect();
    let mut remarks = inputs.remarks.clone();
    remarks.push(format!(
        "nothing was compared with a chain ({why}): everything that the manifest asks for is planned, without guild and adapters"
    ));
    let facts = facts(at, chain_id, route, sender);
    let (artifacts, verdict) = documents(&inputs, &plan, facts, &[]);
    Ok(Prepared {
        basis: Basis::Everything { why },
        chain_id,
        route,
        unchanged: plan.unchanged,
        simulation: None,
        manifest: Some(inputs.file),
        findings: inputs.findings,
        steps,
        remarks,
        artifacts,
        verdict: Some(verdict),
    })
}

async fn against_chain(
    inputs: Inputs,
    chain: Chain,
    scene: Scene,
    at: Timestamp,
) -> Result<Prepared, BootstrapError> {
    let request = PlanRequest { now: scene.now.max(at.unix_seconds()), record: None };
    let plan = plan(&inputs.manifest, Some(&scene.registry), &request)
        .map_err(BootstrapError::WouldBeRefused)?;
    if let Some((field, address)) = chain.without_code(&plan.code_needed).await?.into_iter().next()
    {
        return Err(BootstrapError::NoCode { field, address, chain_id: chain.chain_id });
    }
    let mut remarks = inputs.remarks.clone();
    remarks.extend(plan.left_over.iter().map(ToString::to_string));
    let mut orders = plan.orders();
    let mut unchanged = plan.unchanged;
    if let Some(roster) = &scene.roster {
        let muster = muster(inputs.policies.as_ref(), &inputs.adapters, roster);
        orders.extend(muster.orders);
        unchanged = unchanged.saturating_add(muster.unchanged);
        remarks.extend(muster.remarks);
    } else {
        remarks.push(
            "guild and adapters are left out: no deployment file names their contracts beside this manager".to_owned(),
        );
    }
    let stages = chain.stages(&scene, &orders).await?;
    let steps = steps(&scene, chain.chain_id, orders, stages, at, &mut remarks);
    let simulation = simulate::simulate(&chain.rpc, scene.owner, &steps).await?;
    let facts = facts(at, chain.chain_id, scene.route, scene.owner);
    let beside: Vec<Call> =
        steps.iter().skip(plan.calls.len()).map(|step| step.call.clone()).collect();
    let (artifacts, verdict) = documents(&inputs, &plan, facts, &beside);
    Ok(Prepared {
        chain_id: chain.chain_id,
        route: scene.route,
        basis: Basis::Chain(Box::new((chain, scene))),
        simulation: Some(simulation),
        manifest: Some(inputs.file),
        findings: inputs.findings,
        steps,
        unchanged,
        remarks,
        artifacts,
        verdict: Some(verdict),
    })
}

/// What is sent for the orders. What waits already is told, and what has waited is carried out.
fn steps(
    scene: &Scene,
    chain_id: u64,
    orders: Vec<Order>,
    stages: Vec<Option<Stage>>,
    at: Timestamp,
    remarks: &mut Vec<String>,
) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::with_capacity(orders.len());
    let mut nonce = scene.door_nonce;
    for (order, stage) in orders.into_iter().zip(stages) {
        let salt = match stage {
            None => B256::ZERO,
            Some(Stage::Schedule(operation)) => operation.salt,
            Some(Stage::Waits { until }) => {
                let until = Timestamp::from_millis(until.saturating_mul(1_000));
                remarks.push(format!("{order} was scheduled and waits until {until}"));
                continue;
            }
            Some(Stage::Due(operation)) => {
                let call = operation.execute();
                steps.push(Step { order, call, intent: None, operation: None });
                continue;
            }
        };
        let Route::OwnerProxy { .. } = scene.route else {
            let call = order.lever.effect(&scene.contracts);
            steps.push(Step { order, call, intent: None, operation: None });
            continue;
        };
        let around = Circumstances {
            chain_id,
            nonce,
            deadline: at.unix_seconds().max(scene.now).saturating_add(GOOD_FOR),
            delay: scene.delay,
            salt,
        };
        nonce = nonce.saturating_add(alloy::primitives::U256::from(1));
        let intent = Intent::new(order.lever.clone(), &scene.contracts, around);
        let operation = intent.operation.clone();
        steps.push(Step { order, call: intent.transaction(), intent: Some(intent), operation });
    }
    steps
}

/// Every step in one call of the door; `None` if one of them does not pass it.
pub(crate) fn door_batch(steps: &[Step]) -> Option<Bytes> {
    let calls = steps.iter().map(|step| {
        let ordered = step.intent.as_ref()?.ordered();
        Some(IOwnerProxy::Call { target: ordered.to, data: ordered.data })
    });
    let calls: Option<Vec<_>> = calls.collect();
    Some(IOwnerProxy::executeBatchCall { calls: calls? }.abi_encode().into())
}

fn facts(generated_at: Timestamp, chain_id: u64, route: Route, sender: Address) -> Facts {
    let route = Some(route);
    Facts { generated_at, chain_id, route, sender, guardrail: GuardrailVerdict::USUAL }
}

fn documents(
    inputs: &Inputs,
    plan: &Plan,
    facts: Facts,
    beside: &[Call],
) -> (Vec<Artifact>, GuardrailVerdict) {
    let dossier = Dossier::new(&inputs.manifest, plan, facts).with_calls(beside);
    (dossier.artifacts(), dossier.verdict())
}

impl Prepared {
    /// Who must send the steps; `None` without a chain.
    pub fn owner(&self) -> Option<Address> {
        match &self.basis {
            Basis::Everything { .. } => None,
            Basis::Chain(found) => Some(found.1.owner),
        }
    }
}
