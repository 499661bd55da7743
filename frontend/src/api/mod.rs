//! The only HTTP of the page. Components see typed answers and [`ClientError`], never an address.

mod client;
mod error;
mod governance;
mod rpc;
mod system;

use alloy_primitives::{Address, B256, Bytes, U256};
use phase8_shared::api::{
    AcknowledgeSummons, AnswerQuestion, ApproveMilestone, ArchiveView, BootstrapFiles,
    CreateMission, DeliverableView, EvaluationView, EvaluationsView, EventPage, GovernanceView,
    MadeLink, MakeLink, MissionList, MissionView, OpenSession, Preflight, ReadAnswer, ReadLink,
    ReadLinks, ReadRequest, ReleaseStep, RequestView, ScoreboardView, SessionView, SignIn,
    SignInNonce, SubmitRequest, SubmitTransaction, SystemView, TransactionView, ValidatorsView,
    WatchTransaction, routes,
};
use phase8_shared::id::{MilestoneIndex, MissionId, Seq, StepId};
use phase8_shared::ledger::Commitment;

pub(crate) use crate::api::error::ClientError;
pub(crate) use crate::api::governance::{Governance, use_governance};
pub(crate) use crate::api::rpc::{allowance, receipt, rpc};
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

/// The dominance scoreboard of the server's manifest.
pub(crate) async fn scoreboard() -> Answer<ScoreboardView> {
    client::get(routes::SCOREBOARD).await
}

/// The configured files that a bootstrap is planned from.
pub(crate) async fn bootstrap() -> Answer<BootstrapFiles> {
    client::get(routes::BOOTSTRAP).await
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

/// Hands in a person's signature that lets a held step start.
pub(crate) async fn release_step(id: MissionId, step: StepId, release: &ReleaseStep) -> Answer<()> {
    let answer: Answer<MissionView> = client::post(&routes::step_release(id, step), release).await;
    answer.map(|_| ())
}

/// Hands in a person's signed answer to what a mission asks.
pub(crate) async fn answer(id: MissionId, question: Seq, answer: &AnswerQuestion) -> Answer<()> {
    let taken: Answer<MissionView> = client::post(&routes::answers(id, question), answer).await;
    taken.map(|_| ())
}

/// A deliverable's content.
pub(crate) async fn deliverable(id: MissionId, commitment: Commitment) -> Answer<DeliverableView> {
    client::get(&routes::deliverable(id, commitment)).await
}

/// Has the archive of a mission made, and uploaded where a node is configured.
pub(crate) async fn make_archive(id: MissionId) -> Answer<ArchiveView> {
    client::post(&routes::archive(id), &serde_json::json!({})).await
}

/// The archive that was made last.
pub(crate) async fn find_archive(id: MissionId) -> Answer<ArchiveView> {
    client::get(&routes::archive(id)).await
}

/// What was evaluated, the newest first.
pub(crate) async fn evaluations() -> Answer<EvaluationsView> {
    client::get(routes::EVALUATIONS).await
}

/// Evaluates the model adapters now.
pub(crate) async fn evaluate() -> Answer<EvaluationView> {
    client::post(routes::EVALUATIONS, &serde_json::json!({})).await
}

/// Everybody who voted.
pub(crate) async fn validators() -> Answer<ValidatorsView> {
    client::get(routes::VALIDATORS).await
}

/// Who reads here, and what they may do.
pub(crate) async fn session() -> Answer<SessionView> {
    client::get(routes::SESSION).await
}

/// What a message to sign in must carry.
pub(crate) async fn sign_in_nonce() -> Answer<SignInNonce> {
    client::post(routes::SESSION_NONCE, &serde_json::json!({})).await
}

/// Signs in with a wallet.
pub(crate) async fn sign_in(signed: &SignIn) -> Answer<SessionView> {
    client::post(routes::SESSION_WALLET, signed).await
}

/// Opens a link for reading.
pub(crate) async fn open_link(token: String) -> Answer<SessionView> {
    client::post(routes::SESSION_LINK, &OpenSession { token }).await
}

/// Lets the machine's own operator in.
pub(crate) async fn open_key(token: String) -> Answer<SessionView> {
    client::post(routes::SESSION_KEY, &OpenSession { token }).await
}

/// Signs out.
pub(crate) async fn end_session() -> Answer<()> {
    client::delete(routes::SESSION).await
}

/// The links of a mission.
pub(crate) async fn links(id: MissionId) -> Answer<ReadLinks> {
    client::get(&routes::links(id)).await
}

/// Makes a link.
pub(crate) async fn make_link(id: MissionId, asked: &MakeLink) -> Answer<MadeLink> {
    client::post(&routes::links(id), asked).await
}

/// Revokes a link.
pub(crate) async fn revoke_link(id: MissionId, link: &str) -> Answer<ReadLink> {
    client::delete(&routes::link(id, link)).await
}

/// What became of a relayed transaction.
pub(crate) async fn transaction(hash: B256) -> Answer<TransactionView> {
    client::get(&routes::transaction(hash)).await
}

/// Relays a transaction that a wallet signed.
pub(crate) async fn submit_transaction(raw: Bytes) -> Answer<TransactionView> {
    client::post(routes::TRANSACTIONS, &SubmitTransaction { raw }).await
}

/// Follows a transaction that a wallet sent by itself.
pub(crate) async fn watch(hash: B256) -> Answer<TransactionView> {
    client::post(routes::WATCH, &WatchTransaction { hash }).await
}

/// Relayed and watched transactions, the newest first.
pub(crate) async fn transactions() -> Answer<Vec<TransactionView>> {
    client::get(routes::TRANSACTIONS).await
}

/// What a quorum of the endpoints says about one block, and what a call would change.
pub(crate) async fn reads(request: &ReadRequest) -> Answer<ReadAnswer> {
    client::post(routes::READS, request).await
}

/// What governance decided and waits for.
pub(crate) async fn governance() -> Answer<GovernanceView> {
    client::get(routes::GOVERNANCE).await
}

/// Has a signed request relayed; again is as once.
pub(crate) async fn submit_request(request: &SubmitRequest) -> Answer<RequestView> {
    client::post(routes::REQUESTS, request).await
}

/// Relayed requests, the newest first.
pub(crate) async fn requests() -> Answer<Vec<RequestView>> {
    client::get(routes::REQUESTS).await
}

/// What became of an owner's request.
pub(crate) async fn request(digest: B256) -> Answer<RequestView> {
    client::get(&routes::request(digest)).await
}

/// Says that this page showed a summons to its validator.
pub(crate) async fn summons_delivered(token: U256) -> Answer<serde_json::Value> {
    client::post(&routes::summons_delivered(token), &serde_json::json!({})).await
}

/// Has a validator's signed acknowledgement of a summons carried to the chain.
pub(crate) async fn acknowledge_summons(
    token: U256,
    signed: &AcknowledgeSummons,
) -> Answer<serde_json::Value> {
    client::post(&routes::summons_acknowledge(token), signed).await
}
