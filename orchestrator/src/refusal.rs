//! Why a command is refused: expected, for people, and with a stable code.

use alloy_primitives::Address;
use phase8_shared::api::ProblemCode;
use phase8_shared::findings::Findings;
use phase8_shared::id::{MilestoneIndex, MissionId, Seq, StepId};
use phase8_shared::mission::{Answer, TermsError};
use phase8_shared::money::{MicroUsd, TokenAmount};
use phase8_shared::time::Timestamp;

use crate::plan::PlanError;

/// A command that was understood and is not obeyed. The words say what, where and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The command is for a mission that was never created.
    #[error("there is no mission {0} here; look at the list of missions, or launch it first")]
    NoSuchMission(MissionId),
    /// The job spec has errors.
    #[error("the job spec has {} that must be put right before a launch", plural(.0.count(phase8_shared::findings::Level::Error), "error"))]
    SpecRefused(Findings),
    /// The policies stop all launches.
    #[error(
        "governance-policies.json sets globalPause; the owner must set it to false before anything is launched"
    )]
    GlobalPause,
    /// The contracts are paused.
    #[error("the fleet is paused; resume it with Pause Fleet before you launch")]
    FleetPaused,
    /// The id belongs to another launch.
    #[error(
        "mission {0} was launched with another job spec, operator, reward or clock; draw a new id for a new launch"
    )]
    MissionExists(MissionId),
    /// No connector for the adapter.
    #[error("`{adapter}` cannot be run: {why}, or choose another adapter for the agent")]
    AdapterNotRunnable {
        /// The adapter.
        adapter: String,
        /// What is missing, and what to do about it.
        why: String,
    },
    /// A scaled clock with real models.
    #[error(
        "a clock faster than the wall's is for rehearsals; set clock_scale to 1, or use rehearsal adapters only"
    )]
    ScaledClock,
    /// Nobody can fund from the zero address.
    #[error("the operator is the zero address; connect the wallet that will fund the mission")]
    NoOperator,
    /// The terms do not hold.
    #[error("the offer does not hold: {0}")]
    Terms(#[from] TermsError),
    /// The job has no plan.
    #[error("no plan can be made: {0}")]
    Plan(#[from] PlanError),
    /// The mission is over.
    #[error("mission {0} is over; nothing can be changed any more")]
    MissionClosed(MissionId),
    /// No such milestone.
    #[error("there is no milestone {milestone}; this mission has {count}, counted from 0")]
    NoSuchMilestone {
        /// What was asked for.
        milestone: MilestoneIndex,
        /// How many there are.
        count: usize,
    },
    /// The milestone has nothing to approve yet.
    #[error("milestone {0} has nothing to approve yet; wait until its deliverable is recorded")]
    NothingDelivered(MilestoneIndex),
    /// The milestone is paid.
    #[error("milestone {0} is paid already; nothing is left to approve")]
    AlreadyPaid(MilestoneIndex),
    /// The validator approved before.
    #[error(
        "{validator} has approved milestone {milestone} already; one signature a validator counts"
    )]
    AlreadyApproved {
        /// The milestone.
        milestone: MilestoneIndex,
        /// The signer.
        validator: Address,
    },
    /// The signature is void by now.
    #[error("the approval ended {0}; open the mission again and sign what is asked for now")]
    ApprovalExpired(Timestamp),
    /// The signature would outlive the request.
    #[error(
        "the approval's deadline {deadline} is later than the request's {latest}; sign with the request's deadline"
    )]
    DeadlineTooLate {
        /// What was signed, in Unix seconds.
        deadline: u64,
        /// The latest there may be.
        latest: u64,
    },
    /// The operator approves the own mission.
    #[error("{0} launched this mission and may not approve it; another member of the guild must")]
    OwnMission(Address),
    /// The escrow holds something else than the mission's terms.
    #[error(
        "the escrow was funded by {found} instead of the operator {expected}; the mission does not launch from it"
    )]
    FundedByAnother {
        /// Who paid.
        found: Address,
        /// Who should have.
        expected: Address,
    },
    /// Another amount.
    #[error("the escrow holds {found} instead of {expected}; the mission does not launch from it")]
    DepositDiffers {
        /// What was deposited.
        found: TokenAmount,
        /// What should have been.
        expected: TokenAmount,
    },
    /// Other terms.
    #[error(
        "the escrow was funded under other terms than this mission's; the mission does not launch from it"
    )]
    TermsDiffer,
    /// Funded twice.
    #[error(
        "the escrow of this mission was funded before; the chain names another transaction now, so look at its history"
    )]
    AlreadyFunded,
    /// The chain knows a larger ledger than there is.
    #[error(
        "a checkpoint of {found} entries stands on the chain, but this ledger has {known}; look for a second engine or a lost database"
    )]
    ForeignCheckpoint {
        /// Entries of the checkpoint.
        found: u64,
        /// Entries of the ledger.
        known: u64,
    },
    /// No such step.
    #[error("there is no step {step}; this mission has {count}, counted from 0")]
    NoSuchStep {
        /// What was asked for.
        step: StepId,
        /// How many there are.
        count: usize,
    },
    /// The step waits for nobody.
    #[error(
        "step {0} does not wait for a person: the co-pilot is not required, or its turn has not come or is over; look at \
         the mission again"
    )]
    StepNotHeld(StepId),
    /// The signature is void by now.
    #[error("the release ended {0}; open the mission again and sign anew")]
    ReleaseExpired(Timestamp),
    /// The question was answered, or never asked.
    #[error(
        "entry {0} of the ledger asks nothing, or was answered before; open the mission again and look at what it asks now"
    )]
    NotAsked(Seq),
    /// The answer belongs to another kind of question.
    #[error(
        "\"{answer}\" does not answer what entry {question} asks; open the mission again and choose one of its answers"
    )]
    AnswerDoesNotFit {
        /// The event that asked.
        question: Seq,
        /// What was answered.
        answer: Answer,
    },
    /// The signature is void by now.
    #[error("the answer ended {0}; open the mission again and sign anew")]
    AnswerExpired(Timestamp),
    /// More words than a ledger takes.
    #[error("the reason is longer than {0} characters; say it in fewer words")]
    ReasonTooLong(usize),
    /// A bill above the worst case.
    #[error(
        "{cost} is more than the {charged} that was charged as the worst case; check the provider's bill"
    )]
    BilledMoreThanCharged {
        /// What the provider is said to have billed.
        cost: MicroUsd,
        /// What was charged.
        charged: MicroUsd,
    },
    /// Nothing useful can be asked for with what remains.
    #[error(
        "step {step} cannot be brought to its end: its smallest last call may cost {least}, and {remaining} remain; \
         raise the cap, or stop the mission"
    )]
    TooLittleLeft {
        /// The step that ran short.
        step: StepId,
        /// What the smallest call of any use costs at most.
        least: MicroUsd,
        /// What remains.
        remaining: MicroUsd,
    },
    /// The operator ends a halt of the own mission.
    #[error(
        "{0} launched this mission and may not end its halt; the owner or a member of the guild must"
    )]
    OwnHalt(Address),
    /// Stopped twice.
    #[error("the mission is stopped already; answer entry {0} with \"resume\" to let it go on")]
    AlreadyStopped(Seq),
    /// A result for a step that does not wait for one.
    #[error("step {0} does not wait for a deliverable")]
    StepNotWorking(StepId),
}

impl Refusal {
    /// The code for programs.
    pub const fn code(&self) -> ProblemCode {
        match self {
            Self::NoSuchMission(_) | Self::NoSuchMilestone { .. } | Self::NoSuchStep { .. } => {
                ProblemCode::NotFound
            }
            Self::StepNotHeld(_) => ProblemCode::StepNotHeld,
            Self::SpecRefused(_) | Self::Plan(_) | Self::AdapterNotRunnable { .. } => {
                ProblemCode::SpecRefused
            }
            Self::GlobalPause => ProblemCode::GlobalPause,
            Self::FleetPaused => ProblemCode::FleetPaused,
            Self::MissionExists(_) => ProblemCode::MissionExists,
            Self::ScaledClock
            | Self::NoOperator
            | Self::Terms(_)
            | Self::FundedByAnother { .. }
            | Self::DepositDiffers { .. }
            | Self::TermsDiffer
            | Self::AlreadyFunded => ProblemCode::OfferRefused,
            Self::MissionClosed(_) => ProblemCode::MissionClosed,
            Self::NothingDelivered(_)
            | Self::AlreadyPaid(_)
            | Self::AlreadyApproved { .. }
            | Self::StepNotWorking(_)
            | Self::ForeignCheckpoint { .. } => ProblemCode::NotAwaitingApproval,
            Self::ApprovalExpired(_)
            | Self::ReleaseExpired(_)
            | Self::AnswerExpired(_)
            | Self::DeadlineTooLate { .. } => ProblemCode::ApprovalExpired,
            Self::NotAsked(_) => ProblemCode::NotAsked,
            Self::AnswerDoesNotFit { .. }
            | Self::ReasonTooLong(_)
            | Self::TooLittleLeft { .. }
            | Self::AlreadyStopped(_)
            | Self::BilledMoreThanCharged { .. } => ProblemCode::AnswerRefused,
            Self::OwnMission(_) | Self::OwnHalt(_) => ProblemCode::OwnMission,
        }
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
