//! The HTTP API: every URL, body and problem code, once. Server, page, command line and tests use these items.

mod archive;
mod bootstrap;
mod evaluation;
mod governance;
mod launch;
mod log;
mod mission;
pub mod problem;
mod proposal;
mod reads;
mod request;
pub mod routes;
mod scoreboard;
mod session;
mod system;
mod transaction;

pub use archive::{ArchiveFile, ArchiveView, UploadOutcome, UploadView};
pub use bootstrap::{BootstrapFiles, ConfiguredFile};
pub use evaluation::{EvaluatedMission, EvaluationView, EvaluationsView, ValidatorsView};
pub use governance::{
    AcknowledgeSummons, ActiveAdapterView, CouncilView, ExecutedView, ExtensionState,
    ExtensionView, GovernanceView, OperationState, OperationView, RegisteredAdapter, SummonsView,
    TripView,
};
pub use launch::{CreateMission, FundingOffer};
pub use log::{ConsistencyView, InclusionView, LedgerKey};
pub use mission::{
    AnswerQuestion, ApproveMilestone, DeliverableView, EventPage, MissionHead, MissionList,
    MissionPhase, MissionSummary, MissionView, ReleaseStep,
};
pub use problem::{Problem, ProblemCode};
pub use proposal::{ProposalEnd, ProposalStage, ProposalView};
pub use reads::{
    Agreement, EndpointSaid, ReadAnswer, ReadRequest, ReadRequestError, ReadValue, Said,
    SimulatedCall, SimulatedLog, SimulatedOutcome,
};
pub use request::{RequestState, RequestView, SubmitRequest};
pub use scoreboard::ScoreboardView;
pub use session::{
    AccessRole, Anonymous, MadeLink, MakeLink, OpenSession, ReadLink, ReadLinks, Reads,
    SessionView, SignIn, SignInNonce, SignedIn,
};
pub use system::{
    AdapterView, Check, CheckState, Fleet, LaunchDefaults, PolicyView, Preflight, ServiceHealth,
    SystemView,
};
pub use transaction::{SubmitTransaction, TransactionStatus, TransactionView, WatchTransaction};

pub use crate::chain::{ChainEffect, ChainFact, Observed};
