//! A mission: its events, and the state that is nothing but their fold. The same code runs in the server and in the
//! browser, so replaying a ledger anywhere gives the same state.

mod actor;
mod clock;
mod created;
mod event;
mod evidence;
mod evolve;
mod outcome;
mod payment;
mod plan;
mod safety;
mod state;
mod terms;
mod watch;

pub use actor::{Actor, ParseActorError};
pub use clock::MissionClock;
pub use created::{MissionCreated, PricedAdapter};
pub use event::{Event, Payload};
pub use evidence::TxEvidence;
pub use outcome::{CallOutcome, PauseCause};
pub use payment::{Payment, PaymentKind};
pub use plan::{PlanStep, Work};
pub use safety::{
    Answer, AnswerRole, ParseAnswerError, Question, QuestionAbout, Safety, Severity, Span, Trip,
    TripState, Tripwire,
};
pub use state::{
    AgentState, Approval, Budget, Lifecycle, MilestoneState, MilestoneStatus, MissionState,
    OpenCall, Outcome, StepState, StepStatus, SummonsState,
};
pub use terms::{EscrowTerms, MilestoneTerms, Offer, TermsError};
pub use watch::Watch;
