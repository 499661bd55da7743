//! Who may answer, and what is signed then.

use alloy_primitives::Address;
use phase8_shared::chain::{Deployment, MissionAnswerRequest};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::mission::{Answer, AnswerRole};
use phase8_shared::money::MicroUsd;

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

    /// Whether it may give this answer.
    pub(crate) fn may_give(&self, answer: Answer) -> bool {
        match self {
            Self::Nobody | Self::Unknown => false,
            Self::Known(roles) => {
                answer.may_be_given_by().iter().any(|needed| roles.contains(needed))
            }
        }
    }
}

/// Who may give an answer, in words.
pub(crate) fn takes(answer: Answer) -> String {
    let words = |role: &AnswerRole| match role {
        AnswerRole::Owner => "the owner",
        AnswerRole::Operator => "the operator",
        AnswerRole::Validator => "a guild member",
    };
    answer.may_be_given_by().iter().map(words).collect::<Vec<_>>().join(" or ")
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
