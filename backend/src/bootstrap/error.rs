//! Why a bootstrap cannot go on.

use std::path::PathBuf;

use alloy::primitives::Address;
use phase8_shared::chain::manager::RegistryError;
use phase8_shared::findings::Findings;
use phase8_shared::plan::{Refusal, RosterError};
use serde_json::{Value, json};

use super::folder::FolderError;
use crate::chain::{ChainError, ConnectError, DeployError, QuorumError};

/// A bootstrap cannot go on. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// A file cannot be read.
    #[error("{} cannot be read", .file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file has errors.
    #[error("{} is refused, and nothing was sent or written: {errors} {}\n{findings}", .file.display(), if *.errors == 1 { "error" } else { "errors" })]
    Refused {
        /// Which.
        file: PathBuf,
        /// How many errors.
        errors: usize,
        /// Everything that was found.
        findings: Findings,
    },
    /// The manager would refuse calls.
    #[error("the manager would refuse {} of the plan's calls, and nothing was sent or written:{}", .0.len(), lines(.0))]
    WouldBeRefused(Vec<Refusal>),
    /// Addresses that must be contracts are none.
    #[error(
        "$.global.{field}: there is no contract at {address} on chain {chain_id}, and the manager refuses such an address with InvalidAddress: correct the manifest"
    )]
    NoCode {
        /// The field of the manifest's global part.
        field: &'static str,
        /// What stands there.
        address: Address,
        /// On which chain.
        chain_id: u64,
    },
    /// Nobody says which manager.
    #[error(
        "no manager is named: say --manager, set PHASE8_MANAGER_ADDRESS, or write global.phase8Manager into the manifest"
    )]
    WhichManager,
    /// There is no contract at the manager's address.
    #[error(
        "there is no contract at {manager} on chain {chain_id}: correct --manager, PHASE8_MANAGER_ADDRESS or global.phase8Manager, or the endpoint"
    )]
    NoManager {
        /// The manager's address.
        manager: Address,
        /// On which chain.
        chain_id: u64,
    },
    /// The contract is no manager.
    #[error("the contract at {manager} does not answer as a manager")]
    NotAManager {
        /// Its address.
        manager: Address,
        /// What it answered.
        #[source]
        why: RegistryError,
    },
    /// The configured owner is another.
    #[error(
        "OWNER_ADDRESS says {expected}, and the manager at {manager} obeys {found}: correct OWNER_ADDRESS, or let {found} hand over"
    )]
    NotOwner {
        /// The manager.
        manager: Address,
        /// Who owns it.
        found: Address,
        /// Who should.
        expected: Address,
    },
    /// The brake belongs to somebody else.
    #[error(
        "PAUSE_GUARDIAN_NOT_OWNER: the pause guardian contract belongs to {found}, expected {expected}: set OWNER_ADDRESS to the owner of the existing contract, or let {found} hand it over"
    )]
    PauseGuardianNotOwner {
        /// Who owns it.
        found: Address,
        /// Who should.
        expected: Address,
    },
    /// No endpoint where one is needed.
    #[error(
        "no chain is known: set RPC_URL, or start Mission Control with its development chain (`phase8 serve`)"
    )]
    NoChain,
    /// The chain does not do its part.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The endpoints do not agree.
    #[error("the chain's endpoints give no answer that counts")]
    Quorum(#[from] QuorumError),
    /// An endpoint's address is none.
    #[error("RPC_URL cannot be used")]
    Connect(#[from] ConnectError),
    /// The deployment's file does not fit the chain.
    #[error("the deployment file cannot be used")]
    Deployment(#[from] DeployError),
    /// Guild or adapters cannot be read.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The folder cannot be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

fn lines(refusals: &[Refusal]) -> String {
    refusals.iter().fold(String::new(), |text, refusal| format!("{text}\n  {refusal}"))
}

impl BootstrapError {
    /// What was found in the files, one by one, for programs.
    pub fn findings(&self) -> Vec<Value> {
        match self {
            Self::Refused { findings, .. } => {
                findings.iter().filter_map(|finding| serde_json::to_value(finding).ok()).collect()
            }
            Self::WouldBeRefused(refusals) => refusals.iter().map(refusal).collect(),
            Self::NoCode { field, address, .. } => vec![json!({
                "level": "error",
                "code": "InvalidAddress",
                "path": format!("$.global.{field}"),
                "message": format!("there is no contract at {address}"),
                "help": "correct the manifest",
            })],
            Self::Unreadable { .. }
            | Self::WhichManager
            | Self::NoManager { .. }
            | Self::NotAManager { .. }
            | Self::NotOwner { .. }
            | Self::PauseGuardianNotOwner { .. }
            | Self::NoChain
            | Self::Chain(_)
            | Self::Quorum(_)
            | Self::Connect(_)
            | Self::Deployment(_)
            | Self::Roster(_)
            | Self::Folder(_) => Vec::new(),
        }
    }
}

fn refusal(refusal: &Refusal) -> Value {
    json!({
        "level": "error",
        "code": refusal.complaint.contract_error().unwrap_or("NotAValue"),
        "path": refusal.path,
        "message": refusal.complaint.to_string(),
        "help": "correct the manifest",
    })
}
