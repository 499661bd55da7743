//! Proposals that the server makes by itself: only where its own wallet holds the votes that the governor asks of whoever
//! proposes. It holds no owner's key; elsewhere a holder of votes proposes from the page.

use alloy::primitives::U256;
use phase8_shared::api::GovernanceView;
use phase8_shared::chain::abi::{IAdapterGovernor, IAgiAlpha};
use phase8_shared::chain::governor::Upgrade;
use phase8_shared::score::evaluate::UpgradeProposal;
use tracing::{info, warn};

use crate::chain::governance::Known;
use crate::chain::rpc::{At, Simulated};
use crate::chain::{ChainError, Reader};
use crate::relay::transactions::whole;
use crate::relay::{Relay, Relayer};

/// Proposes with the server's wallet.
#[derive(Clone)]
pub struct Proposer {
    /// The chain.
    pub reader: Reader,
    /// The way there.
    pub relay: Relay,
    /// The wallet.
    pub relayer: Relayer,
}

impl std::fmt::Debug for Proposer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proposer").finish_non_exhaustive()
    }
}

impl Proposer {
    /// Proposes what is not proposed yet. What cannot be proposed is logged: the evaluation stands either way.
    pub async fn propose(&self, proposals: &[UpgradeProposal], governance: &Known) {
        let known = governance.borrow().clone();
        let Some(known) = known.filter(|_| !proposals.is_empty()) else { return };
        match self.may_propose().await {
            Ok(true) => {}
            Ok(false) => {
                info!(
                    "upgrades wait for somebody with votes: this server's wallet has too few to propose"
                );
                return;
            }
            Err(error) => {
                warn!("upgrades are not proposed: {}", whole(&error));
                return;
            }
        }
        for proposal in proposals.iter().filter(|proposal| !self.is_open(proposal, &known)) {
            self.send(proposal).await;
        }
    }

    async fn may_propose(&self) -> Result<bool, ChainError> {
        let (rpc, contracts) = (self.reader.rpc(), self.reader.contracts());
        let threshold = rpc
            .view(contracts.adapter_governor, IAdapterGovernor::proposalThresholdCall {})
            .await?;
        let account = self.relayer.address();
        let votes: U256 = rpc.view(contracts.token, IAgiAlpha::getVotesCall { account }).await?;
        Ok(votes >= threshold)
    }

    fn is_open(&self, proposal: &UpgradeProposal, known: &GovernanceView) -> bool {
        let upgrade = upgrade(proposal);
        known.proposals.iter().any(|made| {
            made.is_open(known.block_time)
                && made.calls.iter().any(|call| upgrade.is_effect(self.reader.contracts(), call))
        })
    }

    async fn send(&self, proposal: &UpgradeProposal) {
        let call = upgrade(proposal).propose(self.reader.contracts());
        let simulated =
            Simulated { from: self.relayer.address(), to: call.to, data: call.data.clone() };
        if let Err(error) = self.reader.rpc().simulate(&simulated, At::Pending).await {
            warn!("an upgrade is not proposed: {}", whole(&error));
            return;
        }
        let intent = format!("upgrade:{}:{}", proposal.role, proposal.challenger);
        match self.relay.send(&self.relayer, &intent, call, "propose an upgrade").await {
            Ok(sent) => {
                let UpgradeProposal { challenger, role, .. } = proposal;
                info!(hash = %sent.hash, "proposed {challenger} for every {role}");
            }
            Err(error) => warn!("an upgrade is not proposed: {}", whole(&error)),
        }
    }
}

fn upgrade(proposal: &UpgradeProposal) -> Upgrade<'_> {
    Upgrade { role: &proposal.role, adapter: &proposal.challenger, reason: &proposal.reason }
}
