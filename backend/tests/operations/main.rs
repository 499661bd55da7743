//! What operators rely on, tried on the real program over a real chain: no secret leaves it, its health is the truth, and
//! its measurements say what happened.
//!
//! `PHASE8_ANVIL` names the binary; without it the one that `cargo xtask` or npm installed is used.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unnecessary_debug_formatting,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops, and says on stderr what it counted; a path in TOML is quoted as Rust quotes it"
)]

mod canary;
mod health;
mod measured;
mod model;
mod node;
mod postgres;
mod program;
mod secrets;
mod stage;
