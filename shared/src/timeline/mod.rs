//! A mission's ledger for people: the events in order with what is looked up, and the card of each. The page, the terminal
//! and the documents say the same.

mod card;
mod journal;
mod kind;
mod lane;
mod safety;
#[cfg(any(test, feature = "sample"))]
pub mod sample;
mod tone;
mod words;

pub use card::{Card, lasted};
pub use journal::{Ingest, Journal, evidence};
pub use lane::Lane;
pub use tone::Tone;
