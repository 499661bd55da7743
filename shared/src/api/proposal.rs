//! Proposals about model adapters: what holders of votes decide on, and how far each is.

use alloy_primitives::{Address, U256};
use serde::{Deserialize, Serialize};

use crate::chain::Call;
use crate::mission::TxEvidence;
use crate::money::TokenAmount;

/// A proposal at the adapter governor, folded from its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposalView {
    /// Its id there.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: U256,
    /// Who proposed it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub proposer: Address,
    /// What it will do.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub calls: Vec<Call>,
    /// Why, in the proposer's words.
    pub description: String,
    /// Unix seconds after which votes are taken; who held votes then may vote.
    pub vote_start: u64,
    /// Unix seconds until which votes are taken.
    pub vote_end: u64,
    /// Votes for it.
    pub votes_for: TokenAmount,
    /// Votes against it.
    pub votes_against: TokenAmount,
    /// Votes that only take part.
    pub votes_abstain: TokenAmount,
    /// Who voted.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub voters: Vec<Address>,
    /// Votes that must be for it or abstain; known once the vote is open.
    pub quorum: Option<TokenAmount>,
    /// Unix seconds from which it can be carried out; known once it is queued.
    pub ready_at: Option<u64>,
    /// How it ended, if the chain said so.
    pub end: Option<ProposalEnd>,
    /// The event that told of it.
    pub proposed: TxEvidence,
}

/// How a proposal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum ProposalEnd {
    /// It was carried out.
    Executed {
        /// The event that says so.
        evidence: TxEvidence,
    },
    /// The proposer took it back, or a guardian cancelled it in the timelock.
    Cancelled {
        /// The event that says so.
        evidence: TxEvidence,
    },
}

/// Where a proposal stands at a moment of the chain's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalStage {
    /// The vote opens in so many seconds.
    Pending(u64),
    /// The vote is open for so many seconds.
    Voting(u64),
    /// It found no majority, or too few took part.
    Defeated,
    /// It passed, and somebody must queue it.
    Passed,
    /// It waits in the timelock for so many seconds, in which a guardian can cancel it.
    Queued(u64),
    /// It can be carried out.
    Ready,
    /// It was carried out.
    Executed,
    /// It was cancelled.
    Cancelled,
}

impl ProposalView {
    /// Where it stands at this time of the chain.
    pub fn stage(&self, now: u64) -> ProposalStage {
        match (&self.end, self.ready_at) {
            (Some(ProposalEnd::Executed { .. }), _) => ProposalStage::Executed,
            (Some(ProposalEnd::Cancelled { .. }), _) => ProposalStage::Cancelled,
            (None, Some(ready)) if now < ready => ProposalStage::Queued(ready.saturating_sub(now)),
            (None, Some(_)) => ProposalStage::Ready,
            (None, None) if now <= self.vote_start => {
                ProposalStage::Pending(self.vote_start.saturating_sub(now).saturating_add(1))
            }
            (None, None) if now <= self.vote_end => {
                ProposalStage::Voting(self.vote_end.saturating_sub(now).saturating_add(1))
            }
            (None, None) if self.passes() => ProposalStage::Passed,
            (None, None) => ProposalStage::Defeated,
        }
    }

    /// Whether it is still to be decided or carried out.
    pub fn is_open(&self, now: u64) -> bool {
        match self.stage(now) {
            ProposalStage::Pending(_)
            | ProposalStage::Voting(_)
            | ProposalStage::Passed
            | ProposalStage::Queued(_)
            | ProposalStage::Ready => true,
            ProposalStage::Defeated | ProposalStage::Executed | ProposalStage::Cancelled => false,
        }
    }

    /// Votes that count for the quorum: for it, or abstaining.
    pub fn took_part(&self) -> TokenAmount {
        self.votes_for.checked_add(self.votes_abstain).unwrap_or(self.votes_for)
    }

    /// Whether more are for it than against it, and enough took part.
    pub fn passes(&self) -> bool {
        let enough = self.quorum.is_some_and(|quorum| self.took_part().get() >= quorum.get());
        enough && self.votes_for.get() > self.votes_against.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::sample::{tokens, tx};

    fn proposal(votes_for: &str, against: &str, abstain: &str) -> ProposalView {
        ProposalView {
            id: U256::ONE,
            proposer: Address::ZERO,
            calls: Vec::new(),
            description: String::new(),
            vote_start: 100,
            vote_end: 200,
            votes_for: tokens(votes_for),
            votes_against: tokens(against),
            votes_abstain: tokens(abstain),
            voters: Vec::new(),
            quorum: Some(tokens("40")),
            ready_at: None,
            end: None,
            proposed: tx(1),
        }
    }

    #[test]
    fn the_clock_and_the_votes_decide_where_a_proposal_stands() {
        let passing = proposal("40", "39", "0");
        for (now, stage) in [
            (90, ProposalStage::Pending(11)),
            (100, ProposalStage::Pending(1)),
            (101, ProposalStage::Voting(100)),
            (200, ProposalStage::Voting(1)),
            (201, ProposalStage::Passed),
        ] {
            assert_eq!(passing.stage(now), stage, "{now}");
        }
        let queued = ProposalView { ready_at: Some(250), ..passing };
        assert_eq!(queued.stage(220), ProposalStage::Queued(30));
        assert_eq!(queued.stage(250), ProposalStage::Ready);
        let end = Some(ProposalEnd::Cancelled { evidence: tx(2) });
        assert_eq!(ProposalView { end, ..queued }.stage(220), ProposalStage::Cancelled);
    }

    #[test]
    fn a_quorum_counts_those_who_abstain_and_not_those_against() {
        for (votes_for, against, abstain, passes) in [
            ("40", "0", "0", true),
            ("1", "0", "39", true),
            ("39", "100", "0", false),
            ("39", "0", "0", false),
            ("40", "40", "0", false),
        ] {
            let proposal = proposal(votes_for, against, abstain);
            assert_eq!(proposal.passes(), passes, "{votes_for} {against} {abstain}");
        }
        assert!(!ProposalView { quorum: None, ..proposal("40", "0", "0") }.passes());
    }
}
