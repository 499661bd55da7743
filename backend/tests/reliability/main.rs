//! The engine's promises, tested from outside: the real `phase8 orchestrator serve` is killed without warning again and
//! again, while a harness plays operator, validators and chain, and an oracle keeps every event that was ever acknowledged.
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

mod dice;
mod kills;
mod monitor;
mod oracle;
mod people;
mod several;
mod streams;
mod worker;
