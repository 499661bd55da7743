//! The engine's promises, tested from outside, on the real program: it is killed without warning again and again, frozen and
//! woken, left without room on its disk, and its clock is set, while a harness plays operator, validators and chain, and an
//! oracle keeps every event that was ever acknowledged. One mission runs on everything that is real: two servers, anvil,
//! `PostgreSQL`, and models over HTTP.
//!
//! `PHASE8_ROUNDS` says how often it is killed, `PHASE8_SEED` which dice are thrown; `cargo xtask torture` sets both.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that cannot go on stops, and says on stderr what it counted"
)]

mod clock;
mod dice;
mod frozen;
mod full;
mod kills;
mod line;
mod model;
mod monitor;
mod oracle;
mod people;
mod postgres;
mod several;
mod stage;
mod streams;
#[expect(dead_code, reason = "the tests of the chain use all of it")]
#[path = "../chain/support.rs"]
mod support;
mod takeover;
mod worker;
