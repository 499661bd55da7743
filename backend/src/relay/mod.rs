//! What passes through the backend: requests to the orchestrator, and signed transactions to the chain.

pub mod orchestrator;
