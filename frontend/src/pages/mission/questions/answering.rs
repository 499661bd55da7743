//! Who may answer, and what is signed then.

use alloy_primitives::Address;
use phase8_shared::chain::{Deployment, MissionAnswerRequest};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::mission::{Answer, AnswerRole, Payload};
use phase8_shared::money::MicroUsd;

use crate::live::Journal;

/// How long a signature stays good, in seconds.
const GOOD_FOR: u64 = 3_600;

/// Who the connected account is to this mission, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Viewer {
    /// No wallet is connected.
    Nobody,
    /// The chain has not been read yet.
    Unknown,
    /// In these roles; perhaps in none.
    Known(Vec<AnswerRole>),
}

impl Viewer {
    /// The roles of an account. `people` are the owner and the guild, once they are read.
    pub(crate) fn of(
        account: Option<Address>,
        operator: Address,
        people: Option<&(Address, Vec<Address>)>,
    ) -> Self {
        let Some(account) = account else { return Self::Nobody };
        let Some((owner, guild)) = people else { return Self::Unknown };
        let mut roles = Vec::new();
        if account == *owner {
            roles.push(AnswerRole::Owner);
        }
        if account == operator {
            roles.push(AnswerRole::Operator);
        } else if guild.contains(&account) {
            roles.push(AnswerRole::Validator);
        }
        Self::Known(roles)
    }

    /// Whether it may give this answer. Who launched a mission ends none of its halts, also as its owner.
    pub(crate) fn may_give(&self, answer: Answer) -> bool {
        match self {
            Self::Nobody | Self::Unknown => false,
            Self::Known(roles) => {
                let launched_it = roles.contains(&AnswerRole::Operator);
                let has_role = answer.may_be_given_by().iter().any(|needed| roles.contains(needed));
                has_role && !(launched_it && answer.ends_a_halt())
            }
        }
    }

    /// Why it may give none of a question's answers, where the way out is another account.
    pub(crate) const fn outside(&self) -> &'static str {
        match self {
            Self::Nobody => "To answer, connect the wallet of one of these people.",
            Self::Unknown => "Owner and guild have not been read from the chain yet.",
            Self::Known(_) => {
                "The connected account may not answer this. One of these people can, each with the own wallet."
            }
        }
    }
}

/// An answer that was signed on this page and is on its way to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnderWay {
    /// Who signed.
    pub(crate) by: Address,
    /// The last event that was here then.
    pub(crate) after: Seq,
}

impl UnderWay {
    /// Whether the ledger has it by now. That the question is gone proves nothing, because somebody else may have
    /// answered; and whoever stops a mission leaves its other questions open.
    pub(crate) fn is_recorded(self, journal: &Journal, question: Seq) -> bool {
        let newer = self.after.0.saturating_add(1)..=journal.last().0;
        newer.filter_map(|seq| journal.event(Seq(seq))).any(|event| {
            matches!(&event.payload, Payload::QuestionAnswered { question: answered, by, .. }
                if *answered == question && *by == self.by)
        })
    }
}

/// Who alone may give an answer, in words.
pub(crate) fn takes(answer: Answer) -> String {
    let words = |role: &AnswerRole| match role {
        AnswerRole::Owner => "the owner",
        AnswerRole::Operator => "the operator",
        AnswerRole::Validator => "a guild member",
    };
    let roles: Vec<&str> = answer.may_be_given_by().iter().map(words).collect();
    let (last, first) = roles.split_last().map_or(("", &[][..]), |(last, first)| (*last, first));
    let who =
        if first.is_empty() { last.to_owned() } else { format!("{} or {last}", first.join(", ")) };
    let but = if answer.ends_a_halt() { ", but never who launched the mission" } else { "" };
    format!("Only {who} can give this answer{but}.")
}

/// What is billed, as it was typed: at most what was charged.
pub(crate) fn billed(typed: &str, charged: MicroUsd) -> Result<MicroUsd, String> {
    let cost = MicroUsd::from_usd_decimal(typed.trim())
        .map_err(|error| format!("{error}: write dollars, such as 0.25"))?;
    if cost > charged {
        return Err(format!("at most {charged} was charged, and no more can be reconciled"));
    }
    Ok(cost)
}

/// What a person signs, good for a while after the later of the chain's clock and the server's: both look at it.
pub(crate) fn request(
    deployment: &Deployment,
    mission: MissionId,
    question: Seq,
    said: (Answer, String),
    now: u64,
) -> MissionAnswerRequest {
    let (answer, reason) = said;
    MissionAnswerRequest {
        chain_id: deployment.chain_id,
        escrow: deployment.contracts.escrow,
        mission: mission.key(),
        question,
        answer,
        reason,
        deadline: now.saturating_add(GOOD_FOR),
    }
}
