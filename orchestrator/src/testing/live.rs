//! A mission in a real engine, with people and a chain that do at once what is asked of them.

use std::sync::Arc;

use alloy_primitives::{Address, Bytes, keccak256};
use phase8_shared::api::ApproveMilestone;
use phase8_shared::chain::{ChainEffect, ChainFact, Observed, terms_hash};
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::mission::{Event, MilestoneStatus, MissionState, TxEvidence};
use phase8_shared::money::TokenAmount;

use super::mission::{OPERATOR, request};
use crate::driver::Engine;
use crate::store::{EventStore, LogId};

/// A mission and the engine that it runs in.
pub(crate) struct Live {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) mission: MissionId,
}

/// A log of the chain that depends on nothing but what it says: told twice, it is the same log.
pub(crate) fn observed(fact: ChainFact) -> Observed {
    let transaction = keccak256(serde_json::to_vec(&fact).unwrap());
    let evidence = TxEvidence {
        chain_id: 31_337,
        block_number: 1,
        block_hash: transaction,
        transaction,
        log_index: 0,
    };
    Observed { evidence, fact }
}

impl Live {
    /// Launches a job on the wall's clock and funds it.
    pub(crate) async fn launch(&self, job: &str) {
        self.engine.create(self.mission, &request(job, 1)).await.unwrap();
        let terms = self.state().await.created.terms.clone();
        let fact = ChainFact::MissionFunded {
            mission: self.mission.key(),
            operator: OPERATOR,
            deposit: terms.deposit().unwrap(),
            terms_hash: terms_hash(&terms),
        };
        self.engine.observe(vec![observed(fact)]).await.unwrap();
    }

    pub(crate) async fn state(&self) -> Arc<MissionState> {
        self.engine.snapshot(self.mission).await.unwrap().state
    }

    /// Lets people act on every event until something holds after one.
    pub(crate) async fn until(&self, holds: impl Fn(&MissionState) -> bool) {
        let mut tail = self.engine.follow(self.mission, Seq::ZERO).unwrap();
        loop {
            assert!(tail.next().await.unwrap().is_some(), "the engine stopped");
            self.people().await;
            if holds(self.state().await.as_ref()) {
                return;
            }
        }
    }

    /// Lets people act until the mission is over.
    pub(crate) async fn until_over(&self) {
        self.until(MissionState::is_closed).await;
    }

    /// Every event so far.
    pub(crate) async fn events(&self) -> Vec<Event> {
        let log = LogId::Mission(self.mission);
        let stored = self.store.read(log, Seq::ZERO, usize::MAX).await.unwrap();
        stored.iter().map(|event| serde_json::from_slice(&event.bytes).unwrap()).collect()
    }

    async fn people(&self) {
        let awaiting: Vec<_> = self.state().await.awaiting_approval().cloned().collect();
        for milestone in awaiting {
            let MilestoneStatus::AwaitingApproval { expires_at, .. } = milestone.status else {
                continue;
            };
            for byte in [0xb2, 0xb1] {
                let approval = ApproveMilestone {
                    validator: Address::repeat_byte(byte),
                    deadline: expires_at.unix_seconds(),
                    signature: Bytes::from(vec![byte; 65]),
                };
                self.engine.approve(self.mission, milestone.index, approval).await.unwrap();
            }
        }
        for effect in self.engine.chain_effects().await.unwrap() {
            let mission = self.mission.key();
            let fact = match effect {
                ChainEffect::ReleaseMilestone { milestone, .. } => ChainFact::MilestoneReleased {
                    mission,
                    milestone,
                    amount: self.state().await.milestone(milestone).unwrap().payout,
                    validator_reward: TokenAmount::ZERO,
                    payments: Vec::new(),
                },
                ChainEffect::AnchorCheckpoint { tree, .. } => {
                    ChainFact::CheckpointAnchored { mission, tree }
                }
            };
            self.engine.observe(vec![observed(fact)]).await.unwrap();
        }
    }
}
