//! Who answers the handlers: chain and relay, seen through the ports of the HTTP edge.

use std::fmt;
use std::sync::Arc;

use alloy::primitives::{Address, B256, Bytes};
use async_trait::async_trait;
use phase8_orchestrator::ports::Clock as _;
use phase8_orchestrator::ports::SystemClock;
use phase8_shared::api::{
    Agreement, ApproveMilestone, Check, CheckState, Fleet, ProblemCode, ReadAnswer, ReadRequest,
    ReleaseStep, RequestView, ServiceHealth, SubmitRequest, TransactionView,
};
use phase8_shared::chain::{ApprovalRequest, Deployment, MissionAnswerRequest, StepReleaseRequest};
use phase8_shared::money::TokenAmount;
use phase8_shared::policy::GovernancePolicies;
use phase8_shared::time::Timestamp;
use serde_json::Value;
use tokio::sync::watch;

use crate::chain::pass_through::PassThrough;
use crate::chain::payouts::PayoutHealth;
use crate::chain::preflight::{self, Asked};
use crate::chain::watcher::ChainHealth;
use crate::chain::{Quorum, QuorumError, Reader};
use crate::http::error::ApiError;
use crate::http::ports::{ApprovalPort, ChainPort, ClockPort, RequestPort, TransactionPort};
use crate::relay::approval::{self, ApprovalError};
use crate::relay::{Now, Relay, RelayError, RequestError};
use crate::relay::{answer, release};
use crate::telemetry::metrics::{Kind, Metrics};

/// The chain.
#[derive(Debug)]
pub(super) struct ChainAnswers {
    pub(super) reader: Reader,
    pub(super) quorum: Quorum,
    pub(super) deployment: Deployment,
    pub(super) policies: GovernancePolicies,
    pub(super) relayer: Option<Address>,
    pub(super) pass_through: PassThrough,
    pub(super) watched: watch::Receiver<ChainHealth>,
    pub(super) payouts: Option<watch::Receiver<PayoutHealth>>,
    pub(super) expected_owner: Option<Address>,
    pub(super) expected_manager: Option<Address>,
}

#[async_trait]
impl ChainPort for ChainAnswers {
    async fn health(&self) -> ServiceHealth {
        let known = self.watched.borrow().clone();
        let mut health = ServiceHealth {
            name: "chain".to_owned(),
            ok: known.ok,
            detail: known.detail,
            block: known.block,
        };
        // A payout that the chain refuses is the chain's trouble: it shows beside a chain that answers well.
        if let Some(payouts) = self.payouts.as_ref().map(|payouts| payouts.borrow().clone())
            && health.ok
            && let Some(stuck) = payouts.stuck.first()
        {
            health.detail = format!("{}; waiting: {}: {}", health.detail, stuck.what, stuck.why);
        }
        health
    }

    fn fleet(&self) -> Fleet {
        Fleet { paused: self.watched.borrow().fleet_paused.unwrap_or_default() }
    }

    async fn preflight(
        &self,
        operator: Option<Address>,
        deposit: Option<TokenAmount>,
    ) -> Vec<Check> {
        let asked = Asked { operator, deposit, relayer: self.relayer };
        let mut checks =
            preflight::preflight(&self.reader, &self.deployment, &self.policies, asked).await;
        checks.push(preflight::endpoints(&self.quorum.survey().await));
        checks
            .extend(self.expected_owner.map(|owner| configured_owner(owner, self.policies.owner)));
        checks.extend(
            self.expected_manager
                .map(|manager| configured_manager(manager, self.deployment.contracts.manager)),
        );
        checks
    }

    async fn pass_through(&self, request: &[u8]) -> Value {
        self.pass_through.answer(request).await
    }

    async fn read(&self, request: &ReadRequest) -> Result<ReadAnswer, ApiError> {
        self.quorum.read(request).await.map_err(Into::into)
    }

    fn agreement(&self) -> Agreement {
        self.quorum.agreement()
    }
}

impl From<QuorumError> for ApiError {
    fn from(error: QuorumError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

fn configured_owner(expected: Address, found: Address) -> Check {
    let mend = "set OWNER_ADDRESS to the owner of the governance policies, or the policies' owner to OWNER_ADDRESS";
    agreement("owner_address", "OWNER_ADDRESS is the owner", expected, found, mend)
}

fn configured_manager(expected: Address, found: Address) -> Check {
    let mend = "set PHASE8_MANAGER_ADDRESS to the deployed manager, or name the deployment file that holds it";
    agreement("manager_address", "PHASE8_MANAGER_ADDRESS is the manager", expected, found, mend)
}

fn agreement(id: &str, label: &str, expected: Address, found: Address, mend: &str) -> Check {
    let (state, mend) =
        if expected == found { (CheckState::Pass, "") } else { (CheckState::Fail, mend) };
    Check {
        id: id.to_owned(),
        label: label.to_owned(),
        state,
        found: found.to_string(),
        expected: expected.to_string(),
        mend: mend.to_owned(),
    }
}

/// Signed transactions.
#[derive(Clone)]
pub(super) struct Transactions {
    relay: Relay,
    metrics: Metrics,
}

impl Transactions {
    /// Through this relay, counted.
    pub(super) const fn new(relay: Relay, metrics: Metrics) -> Self {
        Self { relay, metrics }
    }

    /// Counts what was handed in.
    fn counted<T>(&self, kind: Kind, outcome: Result<T, ApiError>) -> Result<T, ApiError> {
        match &outcome {
            Ok(_) => self.metrics.relay().taken(kind),
            Err(error) => self.metrics.relay().refused(kind, error.problem().code),
        }
        outcome
    }
}

impl fmt::Debug for Transactions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transactions").finish_non_exhaustive()
    }
}

#[async_trait]
impl TransactionPort for Transactions {
    async fn submit(&self, raw: Bytes) -> Result<TransactionView, ApiError> {
        self.counted(Kind::Transaction, self.relay.submit(raw).await.map_err(Into::into))
    }

    async fn watch(&self, hash: B256) -> Result<TransactionView, ApiError> {
        self.counted(Kind::Watched, self.relay.watch(hash).await.map_err(Into::into))
    }

    async fn find(&self, hash: B256) -> Result<Option<TransactionView>, ApiError> {
        self.relay.find(hash).await.map_err(Into::into)
    }

    async fn list(&self) -> Result<Vec<TransactionView>, ApiError> {
        self.relay.list().await.map_err(Into::into)
    }

    async fn relayer(&self) -> Option<ServiceHealth> {
        self.relay.relayer_health_lately().await
    }
}

#[async_trait]
impl RequestPort for Transactions {
    async fn submit(&self, request: SubmitRequest) -> Result<RequestView, ApiError> {
        self.counted(Kind::Request, self.relay.request(request).await.map_err(Into::into))
    }

    async fn find(&self, digest: B256) -> Result<Option<RequestView>, ApiError> {
        self.relay.find_request(digest).await.map_err(Into::into)
    }

    async fn list(&self) -> Result<Vec<RequestView>, ApiError> {
        self.relay.list_requests().await.map_err(Into::into)
    }
}

impl From<RequestError> for ApiError {
    fn from(error: RequestError) -> Self {
        if let RequestError::Relay(error) = error {
            return error.into();
        }
        Self::new(error.code(), error.to_string())
    }
}

impl From<RelayError> for ApiError {
    fn from(error: RelayError) -> Self {
        let code = error.code();
        if code == ProblemCode::Internal {
            return Self::internal(error);
        }
        if code == ProblemCode::ChainUnreachable {
            unreachable(error)
        } else {
            Self::new(code, error.to_string())
        }
    }
}

impl From<ApprovalError> for ApiError {
    fn from(error: ApprovalError) -> Self {
        let code = error.code();
        if code == ProblemCode::ChainUnreachable {
            unreachable(error)
        } else {
            Self::new(code, error.to_string())
        }
    }
}

fn unreachable(error: impl std::error::Error + Send + Sync + 'static) -> ApiError {
    let detail = "the chain does not answer this server; nothing was lost, try again when /health/ready says it is back";
    ApiError::new(ProblemCode::ChainUnreachable, detail).caused_by(error)
}

/// Validators' signatures.
#[derive(Debug)]
pub(super) struct Approvals {
    reader: Reader,
}

impl Approvals {
    /// Checked with this reader of the guild.
    pub(super) const fn new(reader: Reader) -> Self {
        Self { reader }
    }
}

#[async_trait]
impl ApprovalPort for Approvals {
    async fn verify(
        &self,
        request: &ApprovalRequest,
        approval: &ApproveMilestone,
        operator: Address,
    ) -> Result<Bytes, ApiError> {
        let verified = approval::verify(
            &self.reader,
            request,
            approval.validator,
            &approval.signature,
            operator,
        );
        verified.await.map_err(Into::into)
    }

    async fn verify_release(
        &self,
        request: &StepReleaseRequest,
        release: &ReleaseStep,
        operator: Address,
    ) -> Result<Bytes, ApiError> {
        let verified =
            release::verify(&self.reader, request, release.by, &release.signature, operator);
        verified.await.map_err(Into::into)
    }

    async fn verify_answer(
        &self,
        request: &MissionAnswerRequest,
        by: Address,
        signature: &Bytes,
        operator: Address,
    ) -> Result<Bytes, ApiError> {
        let verified = answer::verify(&self.reader, request, by, signature, operator);
        verified.await.map_err(Into::into)
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock(SystemClock);

impl Clock {
    /// Tells the time by this clock.
    pub(super) const fn new(clock: SystemClock) -> Self {
        Self(clock)
    }

    /// The clock as the relay takes it.
    pub(super) fn as_now(self) -> Now {
        Arc::new(move || self.0.now())
    }
}

impl ClockPort for Clock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}
