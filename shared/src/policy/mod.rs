//! What owners configure: governance policies and model adapters, with the same findings as job specs.

mod adapters;
pub mod address;
mod date;
mod governance;

pub use adapters::{Endpoint, ModelAdapter, read_adapters};
pub use governance::{
    CiGate, GovernancePolicies, TripwireSensitivity, UpgradeHooks, read_policies,
};
