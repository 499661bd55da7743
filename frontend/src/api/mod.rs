//! The only HTTP of the page. Components see typed answers and [`ClientError`], never an address.

mod client;
mod error;
mod rpc;
mod system;

use alloy_primitives::{Address, B256, Bytes};
use phase8_shared::api::{
    ApproveMilestone, CreateMission, DeliverableView, EventPage, MissionList, MissionView,
    Preflight, SubmitTransaction, SystemView, TransactionView, routes,
};
use phase8_shared::id::{MilestoneIndex, MissionId, Seq};
use phase8_shared::ledger::Commitment;

pub(crate) use crate::api::error::ClientError;
pub(crate) use crate::api::rpc::{Simulated, allowance, receipt, rpc, simulate};
pub(crate) use crate::api::system::{System, use_system, use_system_handle};

type Answer<T> = Result<T, ClientError>;

/// What the server is, runs on and offers.
pub(crate) async fn system() -> Answer<SystemView> {
    client::get(routes::SYSTEM).await
}

/// The launch checklist for an operator.
pub(crate) async fn preflight(operator: Option<Address>) -> Answer<Preflight> {
    client::get(&routes::preflight(operator)).await
}

/// Every mission, the newest first.
pub(crate) async fn missions() -> Answer<MissionList> {
    client::get(routes::MISSIONS).await
}

/// Creates a mission; sending the same again is the same launch.
pub(crate) async fn create_mission(id: MissionId, launch: &CreateMission) -> Answer<MissionView> {
    client::put(&routes::mission(id), launch).await
}

/// A page of the mission's ledger after `after`.
pub(crate) async fn events(id: MissionId, after: Seq) -> Answer<EventPage> {
    client::get(&routes::events(id, after)).await
}

/// Hands in a validator's signature.
pub(crate) async fn approve(
    id: MissionId,
    milestone: MilestoneIndex,
    approval: &ApproveMilestone,
) -> Answer<serde_json::Value> {
    client::post(&routes::approvals(id, milestone), approval).await
}

/// A deliverable's content.
pub(crate) async fn deliverable(id: MissionId, commitment: Commitment) -> Answer<DeliverableView> {
    client::get(&routes::deliverable(id, commitment)).await
}

/// What became of a relayed transaction.
pub(crate) async fn transaction(hash: B256) -> Answer<TransactionView> {
    client::get(&routes::transaction(hash)).await
}

/// Relays a transaction that a wallet signed.
pub(crate) async fn submit_transaction(raw: Bytes) -> Answer<TransactionView> {
    client::post(routes::TRANSACTIONS, &SubmitTransaction { raw }).await
}
