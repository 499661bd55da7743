//! The votes on adapters, folded from the governor's events.

use alloy::primitives::U256;
use phase8_shared::api::{OperationState, ProposalEnd, ProposalView};
use phase8_shared::chain::Call;
use phase8_shared::chain::abi::IAdapterGovernor::IAdapterGovernorEvents as Governor;
use phase8_shared::mission::TxEvidence;
use phase8_shared::money::TokenAmount;

use super::fold::Operation;

/// Proposals in the order in which they were made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Votes {
    proposals: Vec<ProposalView>,
}

impl Votes {
    pub(super) fn apply(&mut self, event: &Governor, evidence: TxEvidence) {
        match event {
            Governor::ProposalCreated(made) => {
                let calls = made.targets.iter().zip(&made.calldatas);
                self.proposals.push(ProposalView {
                    id: made.proposalId,
                    proposer: made.proposer,
                    calls: calls.map(|(to, data)| Call { to: *to, data: data.clone() }).collect(),
                    description: made.description.clone(),
                    vote_start: made.voteStart.saturating_to(),
                    vote_end: made.voteEnd.saturating_to(),
                    votes_for: TokenAmount::ZERO,
                    votes_against: TokenAmount::ZERO,
                    votes_abstain: TokenAmount::ZERO,
                    voters: Vec::new(),
                    quorum: None,
                    ready_at: None,
                    end: None,
                    proposed: evidence,
                });
            }
            Governor::VoteCast(vote) => {
                let Some(proposal) = self.find(vote.proposalId) else { return };
                let sum = match vote.support {
                    0 => &mut proposal.votes_against,
                    1 => &mut proposal.votes_for,
                    _ => &mut proposal.votes_abstain,
                };
                *sum = TokenAmount::new(sum.get().saturating_add(vote.weight));
                proposal.voters.push(vote.voter);
            }
            Governor::ProposalQueued(queued) => {
                if let Some(proposal) = self.find(queued.proposalId) {
                    proposal.ready_at = Some(queued.etaSeconds.saturating_to());
                }
            }
            Governor::ProposalExecuted(done) => {
                if let Some(proposal) = self.find(done.proposalId) {
                    proposal.end = Some(ProposalEnd::Executed { evidence });
                }
            }
            Governor::ProposalCanceled(cancelled) => {
                if let Some(proposal) = self.find(cancelled.proposalId) {
                    proposal.end = Some(ProposalEnd::Cancelled { evidence });
                }
            }
        }
    }

    /// The newest first. What waits in the timelock may end there, by anybody's execution or a guardian's cancellation,
    /// and the governor tells nothing of that.
    pub(super) fn view(&self, operations: &[Operation]) -> Vec<ProposalView> {
        let proposals = self.proposals.iter().rev().map(|proposal| {
            let mut proposal = proposal.clone();
            if proposal.end.is_none() && proposal.ready_at.is_some() {
                proposal.end = operations
                    .iter()
                    .rev()
                    .find(|operation| {
                        operation.view.calls == proposal.calls
                            && Some(operation.view.ready_at) == proposal.ready_at
                    })
                    .and_then(|operation| match operation.view.state {
                        OperationState::Waiting {} => None,
                        OperationState::Done { evidence } => {
                            Some(ProposalEnd::Executed { evidence })
                        }
                        OperationState::Cancelled { evidence, .. } => {
                            Some(ProposalEnd::Cancelled { evidence })
                        }
                    });
            }
            proposal
        });
        proposals.collect()
    }

    fn find(&mut self, id: U256) -> Option<&mut ProposalView> {
        self.proposals.iter_mut().rev().find(|proposal| proposal.id == id)
    }
}
