//! What the chain looks like from here: read when somebody reads, from what is known anyway. What has to be asked for, the
//! wallet's balance and the transactions under way, is asked for by a [`Followed`] in its own time.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alloy::primitives::utils::format_ether;
use phase8_shared::api::Said;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::Gauges;
use crate::chain::watcher::ChainHealth;
use crate::chain::{Quorum, Reader};
use crate::relay::{Now, Relay, Relayer};

/// So often is asked what has to be asked for.
const INTERVAL: Duration = Duration::from_secs(15);

/// What is known of the chain.
#[derive(Debug)]
pub struct ChainMetrics {
    watched: watch::Receiver<ChainHealth>,
    quorum: Quorum,
    known: Arc<Mutex<Known>>,
    data: PathBuf,
}

/// What was asked for. What could not be had is told by nobody.
#[derive(Debug, Default, Clone)]
struct Known {
    /// When the newest block was seen first, in Unix milliseconds.
    block_seen: Option<u64>,
    ether: Option<f64>,
    under_way: Option<BTreeMap<String, u64>>,
}

/// Asks for it.
pub struct Followed {
    watched: watch::Receiver<ChainHealth>,
    reader: Reader,
    relay: Relay,
    relayer: Option<Relayer>,
    now: Now,
    known: Arc<Mutex<Known>>,
}

impl fmt::Debug for Followed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Followed").finish_non_exhaustive()
    }
}

impl ChainMetrics {
    /// What the watcher and the quorum know, and how much room there is for data in this folder.
    pub fn new(watched: watch::Receiver<ChainHealth>, quorum: Quorum, data: PathBuf) -> Self {
        Self { watched, quorum, known: Arc::default(), data }
    }

    /// Asks for the rest.
    pub fn followed(
        &self,
        reader: Reader,
        relay: Relay,
        relayer: Option<Relayer>,
        now: Now,
    ) -> Followed {
        let (watched, known) = (self.watched.clone(), Arc::clone(&self.known));
        Followed { watched, reader, relay, relayer, now, known }
    }
}

impl Followed {
    /// Asks until it is told to stop.
    pub async fn run(mut self, stopping: CancellationToken) {
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut block = None;
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                _ = ticks.tick() => self.ask().await,
                changed = self.watched.changed() => if changed.is_err() { return },
            }
            let newest = self.watched.borrow_and_update().block;
            if newest != block {
                block = newest;
                let seen = (self.now)().millis();
                self.known(|known| known.block_seen = Some(seen));
            }
        }
    }

    async fn ask(&self) {
        let ether = match &self.relayer {
            Some(relayer) => self.reader.rpc().balance(relayer.address()).await.ok(),
            None => None,
        };
        let ether = ether.and_then(|wei| format_ether(wei).parse().ok());
        let under_way = self.relay.count_under_way().await.ok();
        self.known(|known| {
            known.ether = ether;
            known.under_way = under_way;
        });
    }

    fn known(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Collector for ChainMetrics {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (is_up, block) = {
            let watched = self.watched.borrow();
            (watched.ok, watched.block)
        };
        let mut gauges = Gauges(encoder);
        gauges.one("phase8_chain_up", "Whether the chain is followed", u64::from(is_up))?;
        if let Some(block) = block {
            gauges.one("phase8_chain_head_block", "Number of the newest block seen", block)?;
        }
        if let Some(seen) = known.block_seen {
            let name = "phase8_chain_head_seen_timestamp_seconds";
            let help = "When the newest block was seen first, Unix time";
            gauges.one(name, help, Duration::from_millis(seen).as_secs_f64())?;
        }
        let agreement = self.quorum.agreement();
        let said = |word: &'static str, is: fn(&Said) -> bool| {
            let count = agreement.endpoints.iter().filter(|endpoint| is(&endpoint.said)).count();
            ([("said", word)], count as u64)
        };
        let endpoints = [
            said("agreed", |said| matches!(said, Said::Agreed {})),
            said("dissents", |said| matches!(said, Said::Dissents { .. })),
            said("behind", |said| matches!(said, Said::Behind { .. })),
            said("silent", |said| matches!(said, Said::Silent { .. })),
        ];
        let help = "Endpoints by what they last said about the newest block";
        gauges.each("phase8_chain_endpoints", help, endpoints)?;
        let help = "Endpoints that must agree before a lever is signed";
        gauges.one("phase8_chain_quorum", help, u64::from(agreement.quorum))?;
        if let Some(ether) = known.ether {
            let help = "What the wallet holds that pays gas, in ether";
            gauges.one("phase8_relayer_balance_ether", help, ether)?;
        }
        if let Some(under_way) = known.under_way {
            let help = "Relayed transactions that can still change, by state";
            let states = under_way.into_iter().map(|(state, count)| ([("state", state)], count));
            gauges.each("phase8_relay_transactions", help, states)?;
        }
        if let Ok(room) = rustix::fs::statvfs(&self.data) {
            let free = room.f_bavail.saturating_mul(room.f_frsize);
            gauges.one("phase8_storage_free_bytes", "Room in the data folder", free)?;
        }
        Ok(())
    }
}
