//! The mission engine: a pure core that decides, a driver that does what was decided, agents, event stores, and the
//! REST and SSE service through which the rest of the world sees it.
#![warn(missing_docs)]

pub mod agents;
pub mod budget;
pub mod command;
pub mod driver;
pub mod launch;
pub mod mission;
pub mod plan;
pub mod ports;
pub mod refusal;
pub mod registry;
pub mod service;
pub mod sse;
pub mod store;
#[cfg(test)]
mod testing;
pub mod tlog;
pub mod tripwire;

pub use driver::{BudgetSums, Census, Engine, EngineError, EngineOptions, EngineParts, Waits};
pub use launch::LaunchPolicy;
pub use refusal::Refusal;
pub use service::{openapi, router};
