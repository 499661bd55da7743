//! What passes through the backend: requests to the orchestrator, and signed transactions to the chain.

pub mod answer;
pub mod approval;
pub mod db;
mod migrations;
pub mod nonce;
pub mod orchestrator;
pub mod relayer;
pub mod release;
pub mod requests;
pub(crate) mod signature;
pub(crate) mod statement;
pub mod transactions;

pub use db::{RelayDb, StorageError};
pub(crate) use relayer::sign_call;
pub use relayer::{Relayer, RelayerKeyError};
pub use requests::RequestError;
pub use signature::{MisshapenSignature, signer_of as recover};
pub use transactions::{Now, Relay, RelayConfig, RelayError};
