//! What passes through the backend: requests to the orchestrator, and signed transactions to the chain.

pub mod approval;
pub mod db;
pub mod nonce;
pub mod orchestrator;
pub mod relayer;
pub mod transactions;

pub use db::{RelayDb, StorageError};
pub use relayer::{Relayer, RelayerKeyError};
pub use transactions::{Now, Relay, RelayError};
