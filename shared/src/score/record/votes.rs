//! What a ledger tells of the validators: each vote with what asked for it, how soon it came, whether it stood, and what it
//! was paid.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256};
use serde::{Deserialize, Serialize};

use super::{MissionRecord, median};
use crate::id::{MilestoneIndex, MissionId, Seq};
use crate::ledger::Commitment;
use crate::mission::{Actor, Answer, Event, Payload, PaymentKind};
use crate::money::TokenAmount;
use crate::time::Timestamp;

/// A validator's vote, as it stands in a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Vote {
    /// In which mission.
    pub mission: MissionId,
    /// Whose.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub validator: Address,
    /// What kind of vote.
    pub kind: VoteKind,
    /// The card that holds it.
    pub card: Seq,
    /// The card that asked for it.
    pub asked: Seq,
    /// When it was given.
    pub at: Timestamp,
    /// Milliseconds from the question to the vote, on the wall clock.
    pub took_ms: u64,
    /// Whether it stood: an approval does not if its milestone was asked anew for another deliverable before it was paid, or
    /// the owner declared the mission failed before that.
    pub stood: bool,
    /// What it was paid.
    pub reward: TokenAmount,
    /// The transaction that paid it, or that carried it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<B256>,
}

/// What kind of vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VoteKind {
    /// A signature that releases a milestone.
    Approval,
    /// A look at what was delivered.
    CheckIn,
    /// Another answer to a question of the mission.
    Answer,
    /// A summons acknowledged.
    Summons,
}

impl VoteKind {
    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::CheckIn => "check-in",
            Self::Answer => "answer",
            Self::Summons => "summons",
        }
    }
}

/// A validator over all missions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ValidatorStanding {
    /// Who.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub validator: Address,
    /// Approvals given.
    pub approvals: u32,
    /// Check-ins, answers and acknowledged summonses.
    pub other_votes: u32,
    /// Approvals that did not stand.
    pub reversals: u32,
    /// The middle time from question to vote, in milliseconds.
    pub median_ms: u64,
    /// What the escrow paid.
    pub rewards: TokenAmount,
    /// Every vote, the newest first.
    pub votes: Vec<Vote>,
}

/// Everybody who voted, most approvals first; of as many, the quicker first.
pub fn standings<'r>(
    records: impl IntoIterator<Item = &'r MissionRecord>,
) -> Vec<ValidatorStanding> {
    let mut by_validator: BTreeMap<Address, Vec<Vote>> = BTreeMap::new();
    for vote in records.into_iter().flat_map(|record| &record.votes) {
        by_validator.entry(vote.validator).or_default().push(vote.clone());
    }
    let mut standings: Vec<ValidatorStanding> = by_validator
        .into_iter()
        .map(|(validator, mut votes)| {
            votes.sort_by_key(|vote| (std::cmp::Reverse(vote.at), std::cmp::Reverse(vote.card)));
            let count = |of: &dyn Fn(&Vote) -> bool| {
                u32::try_from(votes.iter().filter(|vote| of(vote)).count()).unwrap_or(u32::MAX)
            };
            let approval = |vote: &Vote| vote.kind == VoteKind::Approval;
            ValidatorStanding {
                validator,
                approvals: count(&approval),
                other_votes: count(&|vote| !approval(vote)),
                reversals: count(&|vote| approval(vote) && !vote.stood),
                median_ms: median(votes.iter().map(|vote| vote.took_ms).collect())
                    .unwrap_or_default(),
                rewards: votes.iter().fold(TokenAmount::ZERO, |sum, vote| {
                    sum.checked_add(vote.reward).unwrap_or(sum)
                }),
                votes,
            }
        })
        .collect();
    standings.sort_by_key(|it| (std::cmp::Reverse(it.approvals), it.median_ms, it.validator));
    standings
}

#[derive(Debug, Default)]
pub(super) struct VoteFold {
    mission: Option<MissionId>,
    /// What each milestone asks approval for.
    asked: BTreeMap<MilestoneIndex, (Seq, Timestamp, Commitment)>,
    /// Approvals that are neither paid nor void.
    open: BTreeMap<MilestoneIndex, Vec<usize>>,
    questions: BTreeMap<Seq, Timestamp>,
    summonses: BTreeMap<U256, (Seq, Timestamp)>,
    votes: Vec<Vote>,
}

impl VoteFold {
    pub(super) fn push(&mut self, event: &Event) {
        let payload = &event.payload;
        if let Payload::MissionCreated(created) = payload {
            self.mission = Some(created.mission);
        } else if let Payload::ApprovalRequested { milestone, deliverable, .. } = payload {
            let asked = (event.seq, event.at, *deliverable);
            let before = self.asked.insert(*milestone, asked);
            if before.is_some_and(|(_, _, before)| before != *deliverable) {
                self.void(*milestone);
            }
        } else if let Payload::ApprovalGiven { milestone, validator, .. } = payload {
            if let Some((seq, at, _)) = self.asked.get(milestone).copied() {
                self.open.entry(*milestone).or_default().push(self.votes.len());
                self.vote(*validator, VoteKind::Approval, event, (seq, at));
            }
        } else if let Payload::MilestonePaid { milestone, payments, evidence, .. } = payload {
            for vote in self.open.remove(milestone).unwrap_or_default() {
                let Some(vote) = self.votes.get_mut(vote) else { continue };
                let own = payments.iter().filter(|payment| {
                    payment.kind == PaymentKind::Validator && payment.payee == vote.validator
                });
                let paid = own.fold(TokenAmount::ZERO, |sum, payment| {
                    sum.checked_add(payment.amount).unwrap_or(sum)
                });
                (vote.reward, vote.transaction) = (paid, Some(evidence.transaction));
            }
        } else if matches!(payload, Payload::MissionFailed { .. }) {
            for milestone in self.open.keys().copied().collect::<Vec<_>>() {
                self.void(milestone);
            }
        } else if matches!(
            payload,
            Payload::ValidatorCheckInDue { .. }
                | Payload::TripwireTripped { .. }
                | Payload::BudgetExhausted { .. }
                | Payload::MissionPaused { .. }
        ) {
            self.questions.insert(event.seq, event.at);
        } else if let Payload::QuestionAnswered { question, answer, by, .. } = payload {
            self.answered(event, *question, *answer, *by);
        } else if let Payload::ValidatorSummoned { token, .. } = payload {
            self.summonses.insert(*token, (event.seq, event.at));
        } else if let Payload::SummonsAcknowledged { token, validator, evidence } = payload
            && let Some(asked) = self.summonses.get(token).copied()
        {
            self.vote(*validator, VoteKind::Summons, event, asked);
            if let Some(vote) = self.votes.last_mut() {
                vote.transaction = Some(evidence.transaction);
            }
        }
    }

    pub(super) fn finish(&self) -> Vec<Vote> {
        self.votes.clone()
    }

    /// Only what a validator alone may answer, or what the ledger says a validator answered: other answers may be the owner's.
    fn answered(&mut self, event: &Event, question: Seq, answer: Answer, by: Address) {
        let is_validators = matches!(event.actor, Actor::Validator(_));
        let kind = match answer {
            Answer::CheckIn {} => VoteKind::CheckIn,
            Answer::FinishStep {}
            | Answer::Stop {}
            | Answer::Resume {}
            | Answer::FalseAlarm {}
            | Answer::Reconcile { .. }
                if is_validators =>
            {
                VoteKind::Answer
            }
            Answer::FinishStep {}
            | Answer::Stop {}
            | Answer::Resume {}
            | Answer::FalseAlarm {}
            | Answer::Reconcile { .. } => return,
        };
        if let Some(at) = self.questions.get(&question).copied() {
            self.vote(by, kind, event, (question, at));
        }
    }

    fn void(&mut self, milestone: MilestoneIndex) {
        for vote in self.open.remove(&milestone).unwrap_or_default() {
            if let Some(vote) = self.votes.get_mut(vote) {
                vote.stood = false;
            }
        }
    }

    fn vote(&mut self, validator: Address, kind: VoteKind, event: &Event, asked: (Seq, Timestamp)) {
        let Some(mission) = self.mission else { return };
        self.votes.push(Vote {
            mission,
            validator,
            kind,
            card: event.seq,
            asked: asked.0,
            at: event.at,
            took_ms: event.at.since(asked.1),
            stood: true,
            reward: TokenAmount::ZERO,
            transaction: None,
        });
    }
}
