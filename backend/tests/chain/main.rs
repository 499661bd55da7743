//! The chain half of the backend on a real chain: each test starts its own anvil, which dies with it.
//!
//! `PHASE8_ANVIL` names the binary; without it the one that `cargo xtask` or npm installed is used.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops"
)]

mod answers;
mod approvals;
mod bootstrap;
mod deployment;
mod devnet;
mod differences;
mod endpoint;
mod exits;
mod following;
mod governance;
mod governor;
mod levers;
mod payouts;
mod quorum;
mod relaying;
mod reorg;
mod requests;
mod safe;
mod sessions;
mod support;
