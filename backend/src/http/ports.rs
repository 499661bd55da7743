//! What the handlers ask of the rest of the backend. `app` says who answers.

use std::fmt::Debug;
use std::path::PathBuf;

use alloy::primitives::{Address, B256, Bytes, U256};
use async_trait::async_trait;
use phase8_shared::api::{
    AcknowledgeSummons, Agreement, ApproveMilestone, ArchiveView, Check, EvaluationView,
    EvaluationsView, Fleet, GovernanceView, ReadAnswer, ReadRequest, ReleaseStep, RequestView,
    ServiceHealth, SubmitRequest, SummonsView, TransactionView, ValidatorsView,
};
use phase8_shared::chain::{ApprovalRequest, MissionAnswerRequest, StepReleaseRequest};
use phase8_shared::id::MissionId;
use phase8_shared::money::TokenAmount;
use phase8_shared::time::Timestamp;
use serde_json::Value;

use super::error::ApiError;

/// The chain.
#[async_trait]
pub trait ChainPort: Send + Sync + Debug {
    /// Whether it answers, in words.
    async fn health(&self) -> ServiceHealth;

    /// Whether the fleet is paused, as far as the watcher has read.
    fn fleet(&self) -> Fleet;

    /// The lines of the launch checklist that the chain can answer.
    async fn preflight(
        &self,
        operator: Option<Address>,
        deposit: Option<TokenAmount>,
    ) -> Vec<Check>;

    /// Passes on one JSON-RPC request, or a batch, and answers as a node would: what goes wrong is in the answer.
    async fn pass_through(&self, request: &[u8]) -> Value;

    /// What a quorum of the endpoints says about one block.
    async fn read(&self, request: &ReadRequest) -> Result<ReadAnswer, ApiError>;

    /// Whether the endpoints agree, as of the last look.
    fn agreement(&self) -> Agreement;
}

/// Signed transactions on their way to the chain.
#[async_trait]
pub trait TransactionPort: Send + Sync + Debug {
    /// Takes one in; again is as once.
    async fn submit(&self, raw: Bytes) -> Result<TransactionView, ApiError>;

    /// Follows one that a wallet sent by itself; again is as once.
    async fn watch(&self, hash: B256) -> Result<TransactionView, ApiError>;

    /// What became of one.
    async fn find(&self, hash: B256) -> Result<Option<TransactionView>, ApiError>;

    /// Those taken in, the newest first.
    async fn list(&self) -> Result<Vec<TransactionView>, ApiError>;

    /// Whether the wallet that pays gas can go on; `None` if there is none.
    async fn relayer(&self) -> Option<ServiceHealth>;
}

/// Requests that the owner signed, on their way to the chain.
#[async_trait]
pub trait RequestPort: Send + Sync + Debug {
    /// Takes one in; again is as once.
    async fn submit(&self, request: SubmitRequest) -> Result<RequestView, ApiError>;

    /// What became of one.
    async fn find(&self, digest: B256) -> Result<Option<RequestView>, ApiError>;

    /// Those taken in, the newest first.
    async fn list(&self) -> Result<Vec<RequestView>, ApiError>;
}

/// Validators' signatures.
#[async_trait]
pub trait ApprovalPort: Send + Sync + Debug {
    /// Whether the signature is the validator's over exactly this request, the validator is in the guild and is not the
    /// mission's operator. Answers the signature in the form that the escrow takes.
    async fn verify(
        &self,
        request: &ApprovalRequest,
        approval: &ApproveMilestone,
        operator: Address,
    ) -> Result<Bytes, ApiError>;

    /// Whether the signature is the operator's or a guild member's over exactly this request. Answers it in the usual form.
    async fn verify_release(
        &self,
        request: &StepReleaseRequest,
        release: &ReleaseStep,
        operator: Address,
    ) -> Result<Bytes, ApiError>;

    /// Whether the signer's role may give this answer and the signature is over exactly this request. Answers it in the
    /// usual form.
    async fn verify_answer(
        &self,
        request: &MissionAnswerRequest,
        by: Address,
        signature: &Bytes,
        operator: Address,
    ) -> Result<Bytes, ApiError>;
}

/// What governance decided and waits for.
#[async_trait]
pub trait GovernancePort: Send + Sync + Debug {
    /// All of it.
    async fn view(&self) -> Result<GovernanceView, ApiError>;

    /// Takes note that the notification of a summons was fetched; the first report stays.
    async fn delivered(&self, token: U256) -> Result<SummonsView, ApiError>;

    /// Carries a validator's signed acknowledgement to the chain.
    async fn acknowledge(
        &self,
        token: U256,
        acknowledgement: AcknowledgeSummons,
    ) -> Result<TransactionView, ApiError>;
}

/// Archives of missions.
#[async_trait]
pub trait ArchivePort: Send + Sync + Debug {
    /// Makes the archive of a mission as it is now; one that holds every event already is kept.
    async fn make(&self, mission: MissionId) -> Result<ArchiveView, ApiError>;

    /// The archive that was made last.
    async fn find(&self, mission: MissionId) -> Result<Option<ArchiveView>, ApiError>;

    /// Where a file of that archive is, with its media type.
    async fn file(&self, mission: MissionId, name: &str) -> Result<(PathBuf, String), ApiError>;
}

/// Evaluations of the model adapters, and the validators' leaderboard.
#[async_trait]
pub trait EvaluationPort: Send + Sync + Debug {
    /// Evaluates now.
    async fn evaluate(&self) -> Result<EvaluationView, ApiError>;

    /// What was evaluated, the newest first.
    async fn history(&self) -> Result<EvaluationsView, ApiError>;

    /// Everybody who voted.
    async fn validators(&self) -> Result<ValidatorsView, ApiError>;
}

/// Time.
pub trait ClockPort: Send + Sync + Debug {
    /// The moment.
    fn now(&self) -> Timestamp;
}
