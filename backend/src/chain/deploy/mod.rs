//! Puts the contracts on a development chain, once, and checks a deployment that is there already.

mod creation;
mod file;
mod guild;
mod pointers;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use alloy::primitives::{Address, B256};
use phase8_shared::chain::Deployment;
use phase8_shared::policy::{GovernancePolicies, ModelAdapter};
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use super::artifacts::ArtifactError;
use super::dev_accounts::DevAccounts;
use super::devnet::DEV_CHAIN_ID;
use super::error::ChainError;
use super::rpc::{Receipt, Rpc};

/// A block that includes a transaction is there by then.
const INCLUSION_TIMEOUT: Duration = Duration::from_secs(30);

/// The contracts are not where they should be.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// The chain did not do its part.
    #[error("the chain could not be asked")]
    Chain(#[from] ChainError),
    /// The file of addresses cannot be read or written.
    #[error("{path} cannot be used")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file of addresses is not one.
    #[error(
        "{path} does not hold the addresses of the contracts: take the file that the deployment wrote"
    )]
    Parse {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The file is for another chain.
    #[error(
        "{path} is for chain {found}, the endpoint serves chain {expected}: take the file of that chain"
    )]
    WrongChain {
        /// Which file.
        path: PathBuf,
        /// Chain of the file.
        found: u64,
        /// Chain of the endpoint.
        expected: u64,
    },
    /// There is no contract at an address of the file.
    #[error(
        "{path} names {address} as {contract}, and there is no contract on chain {chain_id}: check the file and the endpoint"
    )]
    NoCode {
        /// Which file.
        path: PathBuf,
        /// Which contract.
        contract: &'static str,
        /// Where it should be.
        address: Address,
        /// On which chain.
        chain_id: u64,
    },
    /// The contracts of the file do not belong together.
    #[error(
        "{path} mixes deployments: {contract} points at {found}, and the file names {expected}"
    )]
    Mixed {
        /// Which file.
        path: PathBuf,
        /// Which contract points elsewhere.
        contract: &'static str,
        /// Where it points.
        found: Address,
        /// What the file says.
        expected: Address,
    },
    /// Contracts are deployed to a development chain only.
    #[error(
        "contracts are deployed by this program on chain {DEV_CHAIN_ID} only, and the endpoint serves chain {0}"
    )]
    NotADevelopmentChain(u64),
    /// A transaction of the deployment failed.
    #[error("{what} failed on the development chain: delete its state to start anew")]
    Failed {
        /// What was to be done.
        what: String,
    },
    /// An artifact cannot be used.
    #[error("the compiled contracts cannot be used")]
    Artifact(#[from] ArtifactError),
    /// The key of the deployer cannot sign.
    #[error("the deployment could not be signed")]
    Signer(#[from] alloy::signers::Error),
}

/// What a development chain's contracts are founded on.
#[derive(Debug, Clone, Copy)]
pub struct Founding<'f> {
    /// Who governs.
    pub policies: &'f GovernancePolicies,
    /// What the model registry begins with.
    pub adapters: &'f [ModelAdapter],
    /// Seconds that accelerators wait in the timelocks.
    pub delay_seconds: u32,
}

/// Makes sure that the contracts are on the development chain: what the file names is checked, and only if it is not
/// there everything is deployed anew. The guild is brought in line with the policies.
pub async fn ensure_deployed(
    rpc: &Rpc,
    path: &Path,
    founding: Founding<'_>,
) -> Result<Deployment, DeployError> {
    let policies = founding.policies;
    let chain_id = rpc.chain_id().await?;
    if chain_id != DEV_CHAIN_ID {
        return Err(DeployError::NotADevelopmentChain(chain_id));
    }
    let accounts = DevAccounts::of(rpc).await?;
    match find_deployment(rpc, path).await {
        Ok(Some(mut deployment)) => {
            guild::align(rpc, &deployment.contracts, policies, &accounts).await?;
            deployment.dev_accounts = accounts.cast(policies);
            file::write(path, &deployment)?;
            return Ok(deployment);
        }
        Ok(None) => {}
        Err(DeployError::Chain(error)) => return Err(error.into()),
        Err(error) => warn!("the contracts are deployed anew: {error}"),
    }
    // Until the last contract stands the file does not exist, so that half a deployment is never taken for a whole one.
    file::remove(path)?;
    let deployment = creation::deploy(rpc, &founding, &accounts).await?;
    verify(rpc, path, &deployment, chain_id).await?;
    file::write(path, &deployment)?;
    info!(escrow = %deployment.contracts.escrow, "deployed the contracts to the development chain");
    Ok(deployment)
}

/// The deployment that a file names, checked against the chain that the endpoint serves.
pub async fn read_deployment(rpc: &Rpc, path: &Path) -> Result<Deployment, DeployError> {
    find_deployment(rpc, path).await?.ok_or_else(|| DeployError::File {
        path: path.to_owned(),
        source: io::Error::new(
            io::ErrorKind::NotFound,
            "there is no such file; it names the contracts' addresses",
        ),
    })
}

/// What a file of addresses says, without asking a chain; `None` if there is none.
pub fn deployment_in(path: &Path) -> Result<Option<Deployment>, DeployError> {
    file::find(path)
}

async fn find_deployment(rpc: &Rpc, path: &Path) -> Result<Option<Deployment>, DeployError> {
    let Some(deployment) = file::find(path)? else { return Ok(None) };
    let chain_id = rpc.chain_id().await?;
    verify(rpc, path, &deployment, chain_id).await?;
    Ok(Some(deployment))
}

async fn verify(
    rpc: &Rpc,
    path: &Path,
    deployment: &Deployment,
    chain_id: u64,
) -> Result<(), DeployError> {
    if deployment.chain_id != chain_id {
        return Err(DeployError::WrongChain {
            path: path.to_owned(),
            found: deployment.chain_id,
            expected: chain_id,
        });
    }
    let contracts = &deployment.contracts;
    for (name, address) in contracts.named() {
        if rpc.code(address).await?.is_empty() {
            let contract = name.as_str();
            return Err(DeployError::NoCode { path: path.to_owned(), contract, address, chain_id });
        }
    }
    for (contract, found, expected) in pointers::read(rpc, contracts).await? {
        if found != expected {
            return Err(DeployError::Mixed { path: path.to_owned(), contract, found, expected });
        }
    }
    Ok(())
}

/// Waits until a block includes a transaction, which then must have succeeded.
async fn included(rpc: &Rpc, transaction: B256, what: &str) -> Result<Receipt, DeployError> {
    let failed = || DeployError::Failed { what: what.to_owned() };
    let until = Instant::now() + INCLUSION_TIMEOUT;
    while Instant::now() < until {
        match rpc.find_receipt(transaction).await? {
            Some(receipt) if receipt.succeeded() => return Ok(receipt),
            Some(_) => return Err(failed()),
            None => sleep(Duration::from_millis(20)).await,
        }
    }
    Err(failed())
}
