//! The engine's logs on this machine: the key that signs their checkpoints, and what was signed.

mod key;

pub use key::{KeyFileError, create_key, load_or_create_key, read_key};

use std::sync::Arc;

use phase8_orchestrator::ports::Clock;
use phase8_orchestrator::store::{EventStore, SignedFolder};
use phase8_orchestrator::tlog::{LogParts, Logs};
use phase8_shared::chain::Deployment;
use phase8_shared::ledger::{ChainContext, LogKey};

use crate::config::Config;

/// The key that the configuration names, or the one in the folder of missions, which is made if there is none.
pub fn configured_key(config: &Config) -> Result<LogKey, KeyFileError> {
    let name = config.ledger.name().map_err(KeyFileError::Name)?;
    match &config.ledger.key_file {
        Some(file) => read_key(file),
        None => load_or_create_key(&config.storage.checkpoint_key(), &name),
    }
}

/// Serves the logs of a store.
pub fn logs(
    config: &Config,
    store: Arc<dyn EventStore>,
    clock: Arc<dyn Clock>,
    deployment: Option<&Deployment>,
) -> Result<Logs, KeyFileError> {
    Ok(Logs::new(LogParts {
        store,
        clock,
        key: configured_key(config)?,
        origin: config.ledger.name().map_err(KeyFileError::Name)?,
        signed: Arc::new(SignedFolder::new(config.storage.checkpoints())),
        chain: deployment.map(chain_of),
    }))
}

/// Chain and contracts of a deployment.
pub const fn chain_of(deployment: &Deployment) -> ChainContext {
    ChainContext { chain_id: deployment.chain_id, contracts: deployment.contracts }
}
