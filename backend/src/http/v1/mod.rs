//! Version 1 of the API, one operation a file.

pub(super) mod approvals;
pub(super) mod archive;
pub(super) mod bootstrap;
pub(super) mod evaluations;
pub(super) mod governance;
pub(super) mod health;
pub(super) mod links;
pub(super) mod missions;
pub(super) mod preflight;
pub(super) mod questions;
pub(super) mod reads;
pub(super) mod registry;
pub(super) mod requests;
pub(super) mod rpc;
pub(super) mod scoreboard;
pub(super) mod session;
pub(super) mod steps;
pub(super) mod summonses;
pub(super) mod system;
pub(super) mod transactions;
