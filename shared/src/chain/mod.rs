//! The chain as both sides see it: contract interfaces, addresses, the bytes of each call, and what validators sign.
//! The page builds every byte it asks a wallet to sign from here, never from the server's answer.

pub mod abi;
#[cfg(test)]
mod abi_matches_artifacts;
mod answer;
mod approval;
pub mod decode;
mod deployment;
pub mod difference;
pub mod exit;
mod fact;
pub mod field;
mod funding;
pub mod governor;
mod intent;
mod lever;
pub mod manager;
mod release;
mod request;
pub mod view;
pub mod words;

pub use answer::{MissionAnswer, MissionAnswerRequest};
pub use approval::{ApprovalRequest, typed_data_json};
pub use deployment::{ContractName, Contracts, Deployment, DevAccount, DevRole};
pub use fact::{ChainEffect, ChainFact, Observed, ReleaseApproval};
pub use funding::{approve_call, fund_call, terms_hash};
pub use intent::{Circumstances, Intent, Operation};
pub use lever::{AdapterScope, Change, Lever, LeverRole, adapter_key, module_key, slug_key};
pub use release::{StepRelease, StepReleaseRequest};
pub use request::OwnerRequest;

use alloy_primitives::{Address, Bytes};
use serde::{Deserialize, Serialize};

/// A call of a contract; it never carries value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Call {
    /// The contract.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub to: Address,
    /// Selector and arguments.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub data: Bytes,
}
