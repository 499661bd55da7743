//! What the server, the engine and the page share: domain values, file formats, mission events and their fold, ledger
//! hashing, contract ABI and API types. No async runtime, HTTP, database or DOM is known here.
#![warn(missing_docs)]

pub mod api;
pub mod artifacts;
pub mod chain;
#[cfg(feature = "verify")]
pub mod checker;
pub mod findings;
pub mod format;
pub mod id;
pub mod json;
pub mod ledger;
pub mod manifest;
pub mod mission;
pub mod money;
pub mod plan;
pub mod policy;
pub mod score;
pub mod scoreboard;
pub mod simulate;
pub mod siwe;
pub mod spec;
pub mod table;
pub mod time;
pub mod timeline;
