//! The backend of Mission Control: it serves the page and the API, relays to the orchestrator, reads and writes the
//! chain, and is the command line `phase8`.
#![deny(clippy::future_not_send)]

pub mod app;
pub mod archive;
mod at_once;
pub mod bootstrap;
pub mod chain;
pub mod cli;
pub mod config;
pub mod doctor;
pub mod evaluation;
pub mod http;
pub mod ledger;
pub mod relay;
pub mod session;
pub mod telemetry;
pub mod tls;
