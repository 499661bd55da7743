//! The HTTP API: every URL, body and problem code, once. Server, page, command line and tests use these items.

mod launch;
mod mission;
pub mod problem;
pub mod routes;
mod system;
mod transaction;

pub use launch::{CreateMission, FundingOffer};
pub use mission::{
    ApproveMilestone, DeliverableView, EventPage, MissionHead, MissionList, MissionPhase,
    MissionSummary, MissionView,
};
pub use problem::{Problem, ProblemCode};
pub use system::{
    AdapterView, Check, CheckState, Fleet, LaunchDefaults, PolicyView, Preflight, ServiceHealth,
    SystemView,
};
pub use transaction::{SubmitTransaction, TransactionStatus, TransactionView};

pub use crate::chain::{ChainEffect, ChainFact, Observed};
