//! The chain: its endpoint, the development chain, the deployment, and what is read from contracts.

pub mod artifacts;
mod authors;
pub mod blocks;
pub(crate) mod checklist;
pub mod cursor;
pub mod deploy;
mod dev_accounts;
pub mod devnet;
mod error;
pub mod governance;
mod logs;
pub mod pass_through;
pub mod payouts;
pub mod preflight;
pub mod quorum;
pub mod reader;
mod revert;
pub mod rpc;
mod scrub;
pub mod watcher;
mod wire;

pub(crate) use dev_accounts::{OWNER_KEY, RELAYER_KEY};

pub use deploy::{DeployError, Founding, deployment_in, ensure_deployed, read_deployment};
pub use devnet::{DEV_CHAIN_ID, Devnet, DevnetConfig, DevnetError, DevnetState};
pub use error::{ChainError, Retry};
pub use quorum::{Quorum, QuorumError};
pub use reader::Reader;
pub use revert::Reason;
pub use rpc::{ConnectError, Rpc};
