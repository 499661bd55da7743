//! The chain: the development chain with its contracts, or an endpoint that is there.

use std::collections::BTreeMap;
use std::path::Path;

use alloy::primitives::Address;
use anyhow::{Context, Result, bail};
use phase8_shared::chain::Deployment;
use phase8_shared::id::Role;
use serde_json::json;

use super::RPC_TIMEOUT;
use crate::chain::quorum::{Patience, QuorumConfig};
use crate::chain::{
    Devnet, DevnetConfig, Founding, Quorum, Reader, Rpc, ensure_deployed, read_deployment,
};
use crate::config::{ChainMode, Config};
use crate::relay::{Now, Relayer};
use crate::telemetry::say_step;

/// The port that development chains usually have, so that a wallet's network entry stays good.
const USUAL_PORT: u16 = 8545;

/// A chain that answers, with its contracts.
pub(super) struct ChainParts {
    pub(super) rpc: Rpc,
    pub(super) reader: Reader,
    pub(super) deployment: Deployment,
    /// All endpoints, for reads that gate a lever.
    pub(super) quorum: Quorum,
    pub(super) relayer: Option<Relayer>,
    /// Endpoint that wallets may be pointed at.
    pub(super) wallet_rpc_url: Option<String>,
    devnet: Option<Devnet>,
}

impl ChainParts {
    /// Stops the development chain, if it is this process's own.
    pub(super) async fn stop(self) {
        if let Some(devnet) = self.devnet {
            devnet.stop().await;
        }
    }
}

/// Starts or reaches the chain.
pub(super) async fn start(config: &Config, founding: Founding<'_>, now: Now) -> Result<ChainParts> {
    let parts = match config.chain.mode {
        ChainMode::Devnet => start_devnet(config, founding, now).await?,
        ChainMode::Endpoint => reach_endpoint(config, now).await?,
    };
    expect(config, &parts.deployment)?;
    let contracts = format!(
        "chain {}, escrow {}",
        parts.deployment.chain_id, parts.deployment.contracts.escrow
    );
    say_step("contracts", &contracts);
    Ok(parts)
}

async fn start_devnet(config: &Config, founding: Founding<'_>, now: Now) -> Result<ChainParts> {
    let devnet_config = DevnetConfig {
        anvil: config.chain.anvil.clone(),
        state: config.storage.anvil_state(),
        port: Some(USUAL_PORT),
    };
    let devnet = Devnet::start(devnet_config).await?;
    say_step("anvil", devnet.url());
    write_endpoint(&config.storage.data, devnet.url())?;
    let rpc = Rpc::connect(devnet.url(), RPC_TIMEOUT)?;
    let deployment = ensure_deployed(&rpc, &config.storage.deployment(), founding).await?;
    let deployment = with_payees(deployment, config);
    let relayer = match &config.chain.relayer_key_file {
        Some(file) => Relayer::from_file(file)?,
        None => Relayer::of_development_chain()?,
    };
    Ok(ChainParts {
        reader: Reader::new(rpc.clone(), &deployment),
        quorum: quorum(config, &rpc, deployment.chain_id, now)?,
        rpc,
        deployment,
        relayer: Some(relayer),
        wallet_rpc_url: Some(devnet.url().to_owned()),
        devnet: Some(devnet),
    })
}

async fn reach_endpoint(config: &Config, now: Now) -> Result<ChainParts> {
    let (Some(url), Some(file)) = (&config.chain.rpc_url, &config.chain.deployment) else {
        bail!("chain.rpc_url and chain.deployment are needed when chain.mode is \"endpoint\"");
    };
    let rpc = Rpc::connect(url.expose(), RPC_TIMEOUT)?;
    let deployment = with_payees(read_deployment(&rpc, file).await?, config);
    say_step("chain", rpc.endpoint());
    let relayer = config.chain.relayer_key_file.as_deref().map(Relayer::from_file).transpose()?;
    if relayer.is_none() {
        say_step("payouts", "wait: chain.relayer_key_file names no key that could pay their gas");
    }
    Ok(ChainParts {
        reader: Reader::new(rpc.clone(), &deployment),
        quorum: quorum(config, &rpc, deployment.chain_id, now)?,
        rpc,
        deployment,
        relayer,
        wallet_rpc_url: config.chain.wallet_rpc_url.clone(),
        devnet: None,
    })
}

/// The endpoint that everything else uses, and the further ones beside it.
fn quorum(config: &Config, rpc: &Rpc, chain_id: u64, now: Now) -> Result<Quorum> {
    let mut endpoints = vec![rpc.clone()];
    for url in &config.chain.rpc_urls {
        endpoints.push(Rpc::connect(url.expose(), RPC_TIMEOUT)?);
    }
    let terms =
        QuorumConfig { chain_id, needed: config.chain.quorum(), patience: Patience::default() };
    let quorum = Quorum::new(endpoints, terms, now);
    say_step(
        "endpoints",
        &format!("{} of {} must agree", quorum.needed(), config.chain.endpoints()),
    );
    Ok(quorum)
}

/// Who is paid, for an orchestrator without a chain of its own: the deployment's file, then `[launch.payees]`.
pub(super) fn payees_of_file(config: &Config) -> Result<BTreeMap<Role, Address>> {
    let usual = config.storage.deployment();
    let file = config.chain.deployment.as_deref().unwrap_or(&usual);
    if !file.is_file() && !config.launch.payees.is_empty() {
        return Ok(config.launch.payees());
    }
    let text = std::fs::read_to_string(file).with_context(|| {
        format!(
            "{} names who is paid, and cannot be read; --deployment names another file",
            file.display()
        )
    })?;
    let deployment: Deployment = serde_json::from_str(&text)
        .with_context(|| format!("{} is not a deployment file", file.display()))?;
    Ok(with_payees(deployment, config).payees)
}

/// The deployment of an orchestrator that runs on its own; `None` where there is no file.
pub(super) fn deployment_of_file(config: &Config) -> Result<Option<Deployment>> {
    let usual = config.storage.deployment();
    let file = config.chain.deployment.as_deref().unwrap_or(&usual);
    if !file.is_file() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_str(&text)
        .map(Some)
        .with_context(|| format!("{} is not a deployment file", file.display()))
}

fn with_payees(mut deployment: Deployment, config: &Config) -> Deployment {
    for (role, wallet) in config.launch.payees() {
        deployment.payees.entry(role).or_insert(wallet);
    }
    deployment
}

/// What the configuration says that the chain must be.
fn expect(config: &Config, deployment: &Deployment) -> Result<()> {
    if let Some(expected) = config.chain.expected_chain_id
        && expected != deployment.chain_id
    {
        bail!(
            "the chain has id {}, and PHASE8_CHAIN_ID says {expected}: correct RPC_URL or PHASE8_CHAIN_ID",
            deployment.chain_id
        );
    }
    Ok(())
}

/// Tells tools beside this program where the development chain answers.
fn write_endpoint(data: &Path, url: &str) -> Result<()> {
    let path = data.join("devnet.json");
    std::fs::write(&path, format!("{}\n", json!({ "url": url })))
        .with_context(|| format!("{} cannot be written", path.display()))
}
