//! What keeps a mission safe: the tripwires, what they found, and the questions that only a person can answer.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::PauseCause;
use crate::id::{CallId, Seq, StepId};
use crate::money::MicroUsd;
use crate::policy::TripwireSensitivity;
use crate::spec::{CheckpointRef, TripwireKind};
use crate::time::Timestamp;

/// The rules that a mission was launched under, from its job spec and the governance policies of that day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Safety {
    /// Detectors that every text of an agent passes before anybody sees it.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub tripwires: Vec<TripwireKind>,
    /// Whether a trip stops the mission until a person answers.
    pub halt_on_tripwire: bool,
    /// How easily detectors trip.
    pub sensitivity: TripwireSensitivity,
    /// Whether a validator must look at each of the checkpoints below soon after it is delivered.
    pub validator_check_in: bool,
    /// Checkpoints that need a validator.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub validator_checkpoints: Vec<CheckpointRef>,
}

/// What can trip. The first three stand in job specs, the next three in owner's directives, the others are the engine's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Tripwire {
    /// Hate, threats, harassment and the like.
    ToxicityFilter,
    /// Secrets and personal data.
    PrivacyLeakDetector,
    /// A call that claims more than it could have used.
    BudgetGuard,
    /// More than 85 % of the cap is spent before milestone two is paid for.
    BudgetSurge,
    /// Agents' calls fail clearly more often than they did.
    ModelRegression,
    /// Two check-ins in a row were missed.
    #[serde(rename = "tripwire-ledger-gap")]
    LedgerGap,
    /// An agent was silent for longer than the job allows.
    Idle,
    /// The mission runs longer than the job allows.
    AutonomyEnvelope,
    /// A detector broke down or took too long: nothing passes unchecked.
    DetectorFailed,
}

impl Tripwire {
    /// The name in files, events and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ToxicityFilter => "toxicity-filter",
            Self::PrivacyLeakDetector => "privacy-leak-detector",
            Self::BudgetGuard => "budget-guard",
            Self::BudgetSurge => "budget-surge",
            Self::ModelRegression => "model-regression",
            Self::LedgerGap => "tripwire-ledger-gap",
            Self::Idle => "idle",
            Self::AutonomyEnvelope => "autonomy-envelope",
            Self::DetectorFailed => "detector-failed",
        }
    }
}

impl fmt::Display for Tripwire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How bad it is. The words are those of the owner's directives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Somebody should look.
    Warning,
    /// Nothing goes on before somebody looked.
    Critical,
}

impl Severity {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Span {
    /// Its first byte, from 0.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
}

/// What a tripwire found. The words never repeat what was found: that may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trip {
    /// Which tripwire.
    pub tripwire: Tripwire,
    /// Which of its rules, such as `seed-phrase`.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// Where in the text that was held back; none if it is not about a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// For people: what, where, what it means.
    pub words: String,
}

/// What a person is asked. A question is named by the number of the event that asks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// About what.
    pub about: QuestionAbout,
    /// When it was asked.
    pub asked_at: Timestamp,
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuestionAbout {
    /// The next call does not fit into the budget.
    Budget {
        /// Which step needs it.
        step: StepId,
        /// Worst case of its next call.
        needed: MicroUsd,
        /// What was left.
        remaining: MicroUsd,
    },
    /// A tripwire tripped.
    Trip {
        /// Which one.
        tripwire: Tripwire,
        /// How bad it is.
        severity: Severity,
        /// Whether the mission stands still until this is answered.
        halts: bool,
    },
    /// A validator is to look at what was delivered.
    CheckIn {
        /// The step that was delivered.
        step: StepId,
        /// When the mission stops waiting and stands still.
        due_at: Timestamp,
        /// Whether it has.
        missed: bool,
    },
    /// Nobody knows what a call cost: the worst case is charged until the owner says what the provider billed.
    UnknownCall {
        /// Which call.
        call: CallId,
        /// For which step.
        step: StepId,
        /// What was charged.
        charged: MicroUsd,
    },
    /// A person stopped the mission; a person may let it go on.
    Stopped {},
}

/// What a person answers. Its text form ([`fmt::Display`]) is what the wallet shows and signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// Bring the step that ran short to its end with what is left of the budget, and nothing after it.
    FinishStep {},
    /// Spend nothing more. What was delivered can still be approved and paid.
    Stop {},
    /// Go on.
    Resume {},
    /// The tripwire was wrong: recorded for the next version of its rules, and the mission goes on.
    FalseAlarm {},
    /// A validator looked.
    CheckIn {},
    /// The provider billed this much for a call whose outcome was unknown.
    Reconcile {
        /// What it billed: at most what was charged.
        cost: MicroUsd,
    },
}

/// The text is not an [`Answer`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "an answer is finish-step, stop, resume, false-alarm, check-in or reconcile:<micro-dollars>"
)]
pub struct ParseAnswerError;

/// Who may answer. Roles are read from the chain when the answer arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AnswerRole {
    /// The owner of the owner proxy.
    Owner,
    /// The wallet that launched the mission.
    Operator,
    /// A member of the validators' guild that did not launch the mission.
    Validator,
}

impl Answer {
    /// Who may give it: only the owner gives budget back, who launched a mission does not wave its tripwires away, and a
    /// check-in is a validator's.
    pub const fn may_be_given_by(self) -> &'static [AnswerRole] {
        use AnswerRole::{Operator, Owner, Validator};
        match self {
            Self::FinishStep {} => &[Owner, Operator],
            Self::Stop {} => &[Owner, Operator, Validator],
            Self::Resume {} | Self::FalseAlarm {} => &[Owner, Validator],
            Self::CheckIn {} => &[Validator],
            Self::Reconcile { .. } => &[Owner],
        }
    }

    /// Whether it ends a halt. Whoever launched the mission cannot give it, also if the same wallet is the owner's.
    pub const fn ends_a_halt(self) -> bool {
        match self {
            Self::Resume {} | Self::FalseAlarm {} | Self::CheckIn {} => true,
            Self::FinishStep {} | Self::Stop {} | Self::Reconcile { .. } => false,
        }
    }
}

impl QuestionAbout {
    /// Whether the answer fits the question.
    pub const fn takes(&self, answer: Answer) -> bool {
        match self {
            Self::Budget { .. } => matches!(answer, Answer::FinishStep {} | Answer::Stop {}),
            Self::Trip { .. } => {
                matches!(answer, Answer::Resume {} | Answer::FalseAlarm {} | Answer::Stop {})
            }
            Self::CheckIn { .. } => matches!(answer, Answer::CheckIn {} | Answer::Stop {}),
            Self::UnknownCall { .. } => matches!(answer, Answer::Reconcile { .. }),
            Self::Stopped {} => matches!(answer, Answer::Resume {}),
        }
    }

    /// Whether the mission stands still until it is answered.
    pub const fn halts(&self) -> bool {
        self.pauses_for().is_some()
    }

    /// The pause that stands until it is answered, if there is one.
    pub const fn pauses_for(&self) -> Option<PauseCause> {
        match self {
            Self::Budget { .. } => Some(PauseCause::Budget),
            Self::Trip { halts: true, .. } => Some(PauseCause::Tripwire),
            Self::CheckIn { missed: true, .. } => Some(PauseCause::CheckIn),
            Self::Stopped {} => Some(PauseCause::Stopped),
            Self::Trip { halts: false, .. }
            | Self::CheckIn { missed: false, .. }
            | Self::UnknownCall { .. } => None,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FinishStep {} => f.write_str("finish-step"),
            Self::Stop {} => f.write_str("stop"),
            Self::Resume {} => f.write_str("resume"),
            Self::FalseAlarm {} => f.write_str("false-alarm"),
            Self::CheckIn {} => f.write_str("check-in"),
            Self::Reconcile { cost } => write!(f, "reconcile:{}", cost.get()),
        }
    }
}

impl FromStr for Answer {
    type Err = ParseAnswerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "finish-step" => Ok(Self::FinishStep {}),
            "stop" => Ok(Self::Stop {}),
            "resume" => Ok(Self::Resume {}),
            "false-alarm" => Ok(Self::FalseAlarm {}),
            "check-in" => Ok(Self::CheckIn {}),
            _ => {
                let cost = text.strip_prefix("reconcile:").and_then(|cost| cost.parse().ok());
                cost.map(|cost| Self::Reconcile { cost: MicroUsd::new(cost) })
                    .ok_or(ParseAnswerError)
            }
        }
    }
}

/// What is known of a trip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TripState {
    /// What was found.
    pub trip: Trip,
    /// In which step, where it is about one.
    pub step: Option<StepId>,
    /// When.
    pub at: Timestamp,
    /// Whether a person said that it was wrong; none while nobody answered.
    pub judged_wrong: Option<bool>,
    /// The event.
    pub seq: Seq,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_back_from_the_words_that_are_signed() {
        let answers = [
            Answer::FinishStep {},
            Answer::Stop {},
            Answer::Resume {},
            Answer::FalseAlarm {},
            Answer::CheckIn {},
            Answer::Reconcile { cost: MicroUsd::new(1_234_567) },
        ];
        for answer in answers {
            assert_eq!(answer.to_string().parse(), Ok(answer));
        }
        for wrong in ["", "Stop", "reconcile", "reconcile:", "reconcile:-1", "reconcile:1.5"] {
            assert_eq!(wrong.parse::<Answer>(), Err(ParseAnswerError), "{wrong:?}");
        }
    }

    #[test]
    fn who_launched_a_mission_cannot_wave_its_tripwires_away_or_check_in_for_the_guild() {
        for answer in [Answer::Resume {}, Answer::FalseAlarm {}, Answer::CheckIn {}] {
            assert!(answer.ends_a_halt(), "{answer}");
            assert!(!answer.may_be_given_by().contains(&AnswerRole::Operator), "{answer}");
        }
        let gives_budget_back = Answer::Reconcile { cost: MicroUsd::ZERO };
        assert_eq!(gives_budget_back.may_be_given_by(), [AnswerRole::Owner]);
    }
}
