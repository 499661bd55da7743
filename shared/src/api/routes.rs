//! URLs. Functions build them; constants with `{…}` are the same paths as the server registers.

use alloy_primitives::{Address, B256};

use crate::id::{MilestoneIndex, MissionId, Seq, StepId};
use crate::ledger::Commitment;

/// `GET`: what this server is, runs on and offers. [`super::SystemView`]
pub const SYSTEM: &str = "/api/v1/system";
/// `GET`: liveness. 200 while the process answers.
pub const HEALTH_LIVE: &str = "/health/live";
/// `GET`: readiness with one line per part. [`super::ServiceHealth`]
pub const HEALTH_READY: &str = "/health/ready";
/// `GET`: the OpenAPI description of this API.
pub const OPENAPI: &str = "/api/openapi.json";
/// `GET`: the launch checklist for an operator. [`super::Preflight`]
pub const PREFLIGHT: &str = "/api/v1/preflight";
/// `GET`: the dominance scoreboard of the configured manifest. [`super::ScoreboardView`]
pub const SCOREBOARD: &str = "/api/v1/scoreboard";
/// `GET`: the configured files that a bootstrap is planned from. [`super::BootstrapFiles`]
pub const BOOTSTRAP: &str = "/api/v1/bootstrap";
/// `GET`: every mission. [`super::MissionList`]
pub const MISSIONS: &str = "/api/v1/missions";
/// `PUT` creates ([`super::CreateMission`]), `GET` reads ([`super::MissionView`]).
pub const MISSION: &str = "/api/v1/missions/{mission}";
/// `GET`: a page of ledger events. [`super::EventPage`]
pub const EVENTS: &str = "/api/v1/missions/{mission}/events";
/// `GET`: ledger events as server-sent events; resumes after `Last-Event-ID`.
pub const STREAM: &str = "/api/v1/missions/{mission}/stream";
/// `POST`: a validator's signature. [`super::ApproveMilestone`]
pub const APPROVALS: &str = "/api/v1/missions/{mission}/milestones/{milestone}/approvals";
/// `POST`: a person lets a step start. [`super::ReleaseStep`]
pub const STEP_RELEASE: &str = "/api/v1/missions/{mission}/steps/{step}/release";
/// `POST`: a person answers what the mission asked. [`super::AnswerQuestion`]
pub const ANSWERS: &str = "/api/v1/missions/{mission}/questions/{question}/answer";
/// `GET`: a deliverable's content. [`super::DeliverableView`]
pub const DELIVERABLE: &str = "/api/v1/missions/{mission}/deliverables/{commitment}";
/// `GET`: everything that a verifier of the mission needs, in one file. [`crate::ledger::Export`]
pub const EXPORT: &str = "/api/v1/missions/{mission}/export";
/// `POST` makes the archive of a mission as it is now, `GET` tells of the one that was made. [`super::ArchiveView`]
pub const ARCHIVE: &str = "/api/v1/missions/{mission}/archive";
/// `GET`: a file of a mission's archive, by the name that [`super::ArchiveView`] gives it.
pub const ARCHIVE_FILE: &str = "/api/v1/missions/{mission}/archive/{file}";
/// `GET`: the signed checkpoint of a mission's log (C2SP tlog-checkpoint).
pub const CHECKPOINT: &str = "/api/v1/missions/{mission}/log/checkpoint";
/// `GET`: a tile of a mission's log (C2SP tlog-tiles).
pub const TILE: &str = "/api/v1/missions/{mission}/log/tile/{*tile}";
/// `GET`: that an event is in a mission's log. [`super::InclusionView`]
pub const INCLUSION: &str = "/api/v1/missions/{mission}/log/inclusion";
/// `GET`: that a mission's log continues what it was. [`super::ConsistencyView`]
pub const CONSISTENCY: &str = "/api/v1/missions/{mission}/log/consistency";
/// `GET`: the key that checkpoints are signed with. [`super::LedgerKey`]
pub const LEDGER_KEY: &str = "/api/v1/registry/log/key";
/// `GET`: the signed checkpoint of the log that lists every mission.
pub const REGISTRY_CHECKPOINT: &str = "/api/v1/registry/log/checkpoint";
/// `GET`: a tile of the log that lists every mission.
pub const REGISTRY_TILE: &str = "/api/v1/registry/log/tile/{*tile}";
/// `GET`: that an entry is in the log that lists every mission. [`super::InclusionView`]
pub const REGISTRY_INCLUSION: &str = "/api/v1/registry/log/inclusion";
/// `GET`: that the log that lists every mission continues what it was. [`super::ConsistencyView`]
pub const REGISTRY_CONSISTENCY: &str = "/api/v1/registry/log/consistency";
/// `POST`: relays a signed transaction ([`super::SubmitTransaction`]); `GET`: those relayed.
pub const TRANSACTIONS: &str = "/api/v1/transactions";
/// `POST`: follows a transaction that a wallet sent by itself. [`super::WatchTransaction`]
pub const WATCH: &str = "/api/v1/transactions/watch";
/// `GET`: what became of a relayed or watched transaction. [`super::TransactionView`]
pub const TRANSACTION: &str = "/api/v1/transactions/{hash}";
/// `POST`: relays a request that the owner signed ([`super::SubmitRequest`]); `GET`: those relayed, the newest first.
pub const REQUESTS: &str = "/api/v1/requests";
/// `GET`: what became of an owner's request. [`super::RequestView`]
pub const REQUEST: &str = "/api/v1/requests/{digest}";
/// `POST`: what a quorum of the endpoints says about one block ([`super::ReadRequest`] → [`super::ReadAnswer`]).
pub const READS: &str = "/api/v1/reads";
/// `POST`: read-only JSON-RPC for the page (on a development chain also signing by its own accounts).
pub const RPC: &str = "/api/v1/rpc";

/// `GET`: evaluations of the model adapters ([`super::EvaluationsView`]); `POST`: evaluates now ([`super::EvaluationView`]).
pub const EVALUATIONS: &str = "/api/v1/evaluations";
/// `GET`: everybody who voted in a mission. [`super::ValidatorsView`]
pub const VALIDATORS: &str = "/api/v1/validators";
/// `GET`: what governance decided and waits for. [`super::GovernanceView`]
pub const GOVERNANCE: &str = "/api/v1/governance";
/// `POST`: a page with the validator's account has fetched the notification of a summons.
pub const SUMMONS_DELIVERED: &str = "/api/v1/summonses/{token}/delivered";
/// `POST`: carries the validator's signed acknowledgement of a summons to the chain. [`super::AcknowledgeSummons`]
pub const SUMMONS_ACKNOWLEDGE: &str = "/api/v1/summonses/{token}/acknowledge";

/// `GET`: who asks and what they may do ([`super::SessionView`]); `DELETE`: signs out.
pub const SESSION: &str = "/api/v1/session";
/// `POST`: what a message to sign in must carry. [`super::SignInNonce`]
pub const SESSION_NONCE: &str = "/api/v1/session/nonce";
/// `POST`: signs in with a wallet. [`super::SignIn`]
pub const SESSION_WALLET: &str = "/api/v1/session/wallet";
/// `POST`: opens a link for reading. [`super::OpenSession`]
pub const SESSION_LINK: &str = "/api/v1/session/link";
/// `POST`: signs in with the access key of the server's own machine. [`super::OpenSession`]
pub const SESSION_KEY: &str = "/api/v1/session/key";
/// `POST` makes a link for reading a mission ([`super::MakeLink`] → [`super::MadeLink`]), `GET` lists them
/// ([`super::ReadLinks`]).
pub const LINKS: &str = "/api/v1/missions/{mission}/links";
/// `DELETE`: revokes a link. [`super::ReadLink`]
pub const LINK: &str = "/api/v1/missions/{mission}/links/{link}";

/// `POST`, between backend and orchestrator alone: chain facts in order (`Vec<Observed>`).
pub const INTERNAL_FACTS: &str = "/internal/v1/chain-facts";
/// `GET`, between backend and orchestrator alone: what is to be done on the chain (`Vec<ChainEffect>`).
pub const INTERNAL_EFFECTS: &str = "/internal/v1/chain-effects";
/// Whether this orchestrator is the one of its group that may act on the chain.
pub const INTERNAL_LEADS: &str = "/internal/v1/leads";
/// Whether this orchestrator can do its work. [`super::ServiceHealth`]
pub const INTERNAL_HEALTH: &str = "/internal/v1/health";

/// [`MISSION`] of this mission.
pub fn mission(mission: MissionId) -> String {
    format!("{MISSIONS}/{mission}")
}

/// [`EVENTS`] of this mission after `after`.
pub fn events(mission: MissionId, after: Seq) -> String {
    format!("{MISSIONS}/{mission}/events?after={after}")
}

/// [`STREAM`] of this mission after `after`.
pub fn stream(mission: MissionId, after: Seq) -> String {
    format!("{MISSIONS}/{mission}/stream?after={after}")
}

/// [`APPROVALS`] of this milestone.
pub fn approvals(mission: MissionId, milestone: MilestoneIndex) -> String {
    format!("{MISSIONS}/{mission}/milestones/{milestone}/approvals")
}

/// [`STEP_RELEASE`] of this step.
pub fn step_release(mission: MissionId, step: StepId) -> String {
    format!("{MISSIONS}/{mission}/steps/{step}/release")
}

/// [`ANSWERS`] of the question that this event asks.
pub fn answers(mission: MissionId, question: Seq) -> String {
    format!("{MISSIONS}/{mission}/questions/{question}/answer")
}

/// [`DELIVERABLE`] with this commitment.
pub fn deliverable(mission: MissionId, commitment: Commitment) -> String {
    format!("{MISSIONS}/{mission}/deliverables/{commitment}")
}

/// [`EXPORT`] of this mission.
pub fn export(mission: MissionId) -> String {
    format!("{MISSIONS}/{mission}/export")
}

/// Where the log of a mission is served: its C2SP prefix.
pub fn log(mission: MissionId) -> String {
    format!("{MISSIONS}/{mission}/log")
}

/// Where the log that lists every mission is served: its C2SP prefix.
pub const fn registry_log() -> &'static str {
    "/api/v1/registry/log"
}

/// [`ARCHIVE`] of this mission.
pub fn archive(mission: MissionId) -> String {
    format!("{MISSIONS}/{mission}/archive")
}

/// [`ARCHIVE_FILE`] of this mission with this name.
pub fn archive_file(mission: MissionId, file: &str) -> String {
    format!("{MISSIONS}/{mission}/archive/{file}")
}

/// [`LINKS`] of this mission.
pub fn links(mission: MissionId) -> String {
    format!("{MISSIONS}/{mission}/links")
}

/// [`LINK`] of this mission with this id.
pub fn link(mission: MissionId, link: &str) -> String {
    format!("{MISSIONS}/{mission}/links/{link}")
}

/// [`TRANSACTION`] with this hash.
pub fn transaction(hash: B256) -> String {
    format!("{TRANSACTIONS}/{hash}")
}

/// [`REQUEST`] with this digest.
pub fn request(digest: B256) -> String {
    format!("{REQUESTS}/{digest}")
}

/// [`PREFLIGHT`] for this operator and deposit.
pub fn preflight(operator: Option<Address>) -> String {
    operator
        .map_or_else(|| PREFLIGHT.to_owned(), |operator| format!("{PREFLIGHT}?operator={operator}"))
}

/// [`SUMMONS_DELIVERED`] of this read token.
pub fn summons_delivered(token: alloy_primitives::U256) -> String {
    format!("/api/v1/summonses/{token}/delivered")
}

/// [`SUMMONS_ACKNOWLEDGE`] of this read token.
pub fn summons_acknowledge(token: alloy_primitives::U256) -> String {
    format!("/api/v1/summonses/{token}/acknowledge")
}
