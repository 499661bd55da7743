//! The backend of Mission Control: it serves the page and the API, relays to the orchestrator, reads and writes the
//! chain, and is the command line `phase8`.
#![deny(clippy::future_not_send)]

pub mod chain;
pub mod relay;
pub mod tls;
