//! Archives, beside IPFS software that is not ours.
#![expect(clippy::unwrap_used, reason = "a test says no by panicking")]

mod large;
mod names;
mod node;
mod peer;
