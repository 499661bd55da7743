//! Does what the engine wants done on the chain: releases milestones and anchors checkpoints. It looks first whether a
//! thing is done, and never has two transactions for one thing under way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::{Bytes, U256};
use alloy::sol_types::SolCall;
use phase8_shared::api::TransactionStatus;
use phase8_shared::chain::abi::{ICheckpointLedger, IMissionEscrow};
use phase8_shared::chain::{Call, ChainEffect, Contracts};
use phase8_shared::id::MissionKey;
use phase8_shared::ledger::TreeHead;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::error::ChainError;
use super::reader::Reader;
use crate::relay::orchestrator::{OrchestratorError, OrchestratorPort};
use crate::relay::transactions::whole;
use crate::relay::{Relay, RelayError, Relayer};

/// A thing that the chain refused is tried again after this, then after twice as long, up to the longest.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(30);

/// What the chain owes the engine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PayoutHealth {
    /// Whether everything asked for is done or under way.
    pub ok: bool,
    /// In words.
    pub detail: String,
    /// What is stuck, and why.
    pub stuck: Vec<Stuck>,
}

/// One thing that the chain refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    /// What was to be done.
    pub what: String,
    /// Why it is not.
    pub why: String,
}

/// Carries out chain effects with this server's own wallet.
#[derive(Debug)]
pub struct PayoutWorker {
    reader: Reader,
    relay: Relay,
    relayer: Relayer,
    orchestrator: Arc<dyn OrchestratorPort>,
    interval: Duration,
    trouble: BTreeMap<String, Trouble>,
    health: watch::Sender<PayoutHealth>,
}

/// A thing that failed, and when to try again.
#[derive(Debug)]
struct Trouble {
    stuck: Stuck,
    attempts: u32,
    next: Instant,
}

#[derive(Debug, thiserror::Error)]
enum PayoutError {
    #[error(transparent)]
    Chain(#[from] ChainError),
    #[error(transparent)]
    Relay(#[from] RelayError),
    #[error("the last attempt was refused: {0}")]
    Refused(String),
}

impl PayoutWorker {
    /// A worker that asks the orchestrator every `interval`.
    pub fn new(
        reader: Reader,
        relay: Relay,
        relayer: Relayer,
        orchestrator: Arc<dyn OrchestratorPort>,
        interval: Duration,
    ) -> Self {
        let (health, _) = watch::channel(PayoutHealth {
            ok: true,
            detail: "nothing is due".to_owned(),
            stuck: Vec::new(),
        });
        Self { reader, relay, relayer, orchestrator, interval, trouble: BTreeMap::new(), health }
    }

    /// What is due and what is stuck, now and from now on.
    pub fn health(&self) -> watch::Receiver<PayoutHealth> {
        self.health.subscribe()
    }

    /// Works until it is told to stop.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let mut silent = false;
        while !shutdown.is_cancelled() {
            match self.work_once().await {
                Ok(()) => silent = false,
                Err(error) => {
                    if !silent {
                        warn!("what is due on the chain is not known: {}", whole(&error));
                    }
                    silent = true;
                    let detail = whole(&error);
                    self.tell(PayoutHealth { ok: false, detail, stuck: Vec::new() });
                }
            }
            let pause = if silent { self.interval.saturating_mul(4) } else { self.interval };
            // Waiting ends early when the server stops.
            drop(timeout(pause, shutdown.cancelled()).await);
        }
    }

    /// Looks once at everything that is due.
    pub async fn work_once(&mut self) -> Result<(), OrchestratorError> {
        let effects = self.orchestrator.pending_effects().await?;
        let intents: Vec<String> = effects.iter().map(intent).collect();
        self.trouble.retain(|known, _| intents.contains(known));
        for (effect, intent) in effects.iter().zip(intents) {
            if self.trouble.get(&intent).is_some_and(|trouble| trouble.next > Instant::now()) {
                continue;
            }
            match self.carry_out(effect, &intent).await {
                Ok(()) => drop(self.trouble.remove(&intent)),
                Err(error) => self.note(effect, intent, &error),
            }
        }
        let stuck: Vec<Stuck> =
            self.trouble.values().map(|trouble| trouble.stuck.clone()).collect();
        let detail = match (effects.len(), stuck.first()) {
            (0, _) => "nothing is due".to_owned(),
            (due, None) => format!("{due} under way"),
            (_, Some(first)) => format!("{}: {}", first.what, first.why),
        };
        self.tell(PayoutHealth { ok: stuck.is_empty(), detail, stuck });
        Ok(())
    }

    async fn carry_out(&self, effect: &ChainEffect, intent: &str) -> Result<(), PayoutError> {
        // The chain knows best: after a crash, or when somebody else was faster, there is nothing left to do.
        if self.is_done(effect).await? {
            return Ok(());
        }
        if let Some(last) = self.relay.find_for(intent).await? {
            match &last.status {
                TransactionStatus::Stored | TransactionStatus::Sent => return Ok(()),
                TransactionStatus::Included { .. }
                | TransactionStatus::Safe { .. }
                | TransactionStatus::Final { .. }
                | TransactionStatus::Replaced {} => {}
                TransactionStatus::Reverted { reason, .. }
                | TransactionStatus::Refused { reason } => {
                    if !self.trouble.contains_key(intent) {
                        return Err(PayoutError::Refused(reason.clone()));
                    }
                }
            }
        }
        let sent = self
            .relay
            .send(&self.relayer, intent, call(self.reader.contracts(), effect), words(effect))
            .await?;
        match sent.status {
            TransactionStatus::Reverted { reason, .. } | TransactionStatus::Refused { reason } => {
                Err(PayoutError::Refused(reason))
            }
            TransactionStatus::Stored
            | TransactionStatus::Sent
            | TransactionStatus::Included { .. }
            | TransactionStatus::Safe { .. }
            | TransactionStatus::Final { .. }
            | TransactionStatus::Replaced {} => Ok(()),
        }
    }

    async fn is_done(&self, effect: &ChainEffect) -> Result<bool, ChainError> {
        match effect {
            ChainEffect::ReleaseMilestone { mission, milestone, .. } => {
                self.reader.is_released(mission.key(), *milestone).await
            }
            ChainEffect::AnchorCheckpoint { mission, tree } => {
                // A larger checkpoint covers a smaller one, and contracts refuse to go back.
                let TreeHead { size, .. } = self.reader.latest_checkpoint(mission.key()).await?;
                Ok(size >= tree.size)
            }
        }
    }

    fn note(&mut self, effect: &ChainEffect, intent: String, error: &PayoutError) {
        let why = whole(error);
        let known = self.trouble.get(&intent);
        if known.is_none_or(|known| known.stuck.why != why) {
            warn!(%intent, "{} waits: {}", words(effect), without_addresses(&why));
        }
        let attempts = known.map_or(0, |known| known.attempts).saturating_add(1);
        let pause =
            FIRST_RETRY.saturating_mul(1 << attempts.min(6).saturating_sub(1)).min(LONGEST_RETRY);
        let stuck = Stuck { what: due(effect), why };
        self.trouble.insert(intent, Trouble { stuck, attempts, next: Instant::now() + pause });
    }

    fn tell(&self, health: PayoutHealth) {
        self.health.send_if_modified(|known| {
            if !known.ok && health.ok {
                info!("what is due on the chain goes on: {}", health.detail);
            }
            let changed = *known != health;
            *known = health;
            changed
        });
    }
}

/// What a transaction is for: the same text for the same effect, whatever run of the server asks.
fn intent(effect: &ChainEffect) -> String {
    match effect {
        ChainEffect::ReleaseMilestone { mission, milestone, .. } => {
            format!("release:{mission}:{milestone}")
        }
        ChainEffect::AnchorCheckpoint { mission, tree } => {
            format!("anchor:{mission}:{}", tree.size)
        }
    }
}

fn due(effect: &ChainEffect) -> String {
    match effect {
        ChainEffect::ReleaseMilestone { mission, milestone, .. } => {
            format!(
                "payout of milestone {} of mission {}",
                u16::from(milestone.0) + 1,
                mission.short()
            )
        }
        ChainEffect::AnchorCheckpoint { mission, tree } => {
            format!("checkpoint of {} events of mission {}", tree.size, mission.short())
        }
    }
}

const fn words(effect: &ChainEffect) -> &'static str {
    match effect {
        ChainEffect::ReleaseMilestone { .. } => {
            "MissionEscrow.releaseMilestone(mission, milestone, approvals)"
        }
        ChainEffect::AnchorCheckpoint { .. } => "CheckpointLedger.anchor(mission, size, root)",
    }
}

/// Words for the log, which holds no addresses of people.
fn without_addresses(words: &str) -> String {
    let shorten = |word: &str| match word.strip_prefix("0x") {
        Some(digits) if digits.len() >= 40 => "0x…".to_owned(),
        _ => word.to_owned(),
    };
    words.split(' ').map(shorten).collect::<Vec<_>>().join(" ")
}

/// The call that carries out an effect.
fn call(contracts: &Contracts, effect: &ChainEffect) -> Call {
    match effect {
        ChainEffect::ReleaseMilestone { mission, milestone, deliverable, root, approvals } => {
            let mut approvals: Vec<IMissionEscrow::Approval> = approvals
                .iter()
                .map(|approval| IMissionEscrow::Approval {
                    validator: approval.validator,
                    deadline: approval.deadline,
                    signature: approval.signature.clone(),
                })
                .collect();
            // The escrow takes them ascending alone.
            approvals.sort_by_key(|approval| approval.validator);
            approvals.dedup_by_key(|approval| approval.validator);
            let MissionKey(mission) = mission.key();
            let release = IMissionEscrow::releaseMilestoneCall {
                mission,
                milestone: U256::from(milestone.0),
                deliverable: deliverable.0,
                root: *root,
                approvals,
            };
            Call { to: contracts.escrow, data: Bytes::from(release.abi_encode()) }
        }
        ChainEffect::AnchorCheckpoint { mission, tree } => {
            let MissionKey(mission) = mission.key();
            let anchor =
                ICheckpointLedger::anchorCall { mission, size: tree.size, root: tree.root };
            Call { to: contracts.checkpoint_ledger, data: Bytes::from(anchor.abi_encode()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_holds_no_address() {
        let words = "0x90F79bf6EB2c4f870365E785982E1f101E93b906 is not an active member of the validators' guild";

        assert_eq!(
            without_addresses(words),
            "0x… is not an active member of the validators' guild"
        );
    }
}
