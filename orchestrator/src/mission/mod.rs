//! The pure core: what follows from a command ([`decide`]) and what is left to do after an event ([`Outbox`]). No clock,
//! no chance, no input or output: time, ids and the ledger's head are arguments.

mod decide;
mod react;
#[cfg(test)]
mod tests;

pub use decide::{Context, Decision, FleetPause, decide, next_wake};
pub use react::{Effect, EffectKey, Outbox};
