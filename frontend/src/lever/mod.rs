//! The levers of a mission: what they would do, whose signature they need, and how far each flip is.

mod cap;
mod card;
mod flip;
mod memory;
mod proposal;
mod rail;
pub(crate) mod reads;
mod words;

use std::time::Duration;

use alloy_primitives::{Address, B256};
use leptos::prelude::*;
use phase8_shared::api::TransactionStatus;
use phase8_shared::chain::{Deployment, Lever};
use phase8_shared::id::MissionId;
use serde_json::{Value, json};

use crate::api::{self, ClientError, use_system_handle};
use crate::format;
use crate::lever::flip::{Engine, Flip, Progress, Slot};
use crate::lever::memory::Flips;
use crate::lever::reads::Verdict;
use crate::lever::words::{Readings, idle_reason, in_force, role_words};
use crate::live::LiveMission;
use crate::wallet::{Wallet, WalletError, describe, use_wallet};

pub(crate) use crate::lever::rail::LeverRail;

/// How often the chain is asked about a transaction under way.
const POLL: Duration = Duration::from_millis(800);

/// How many seconds a reading of the chain is trusted while nothing happens.
const READ_SECONDS: u64 = 12;

/// The levers of one mission.
#[derive(Clone, Copy)]
pub(crate) struct Levers {
    mission: MissionId,
    flips: RwSignal<Flips>,
    again: RwSignal<u32>,
    around: StoredValue<Around, LocalStorage>,
}

/// What the levers look at and act through.
#[derive(Clone, Copy)]
struct Around {
    live: LiveMission,
    wallet: Wallet,
    account: Signal<Option<Address>>,
    deployment: Memo<Option<Deployment>>,
    readings: LocalResource<Option<Result<Readings, ClientError>>>,
    sign: Action<Lever, ()>,
}

impl Levers {
    /// The levers of a mission; they stop asking the chain when the current owner is cleaned up.
    pub(crate) fn of(live: LiveMission) -> Self {
        let deployment = use_system_handle().deployment();
        let again = RwSignal::new(0_u32);
        let told = Memo::new(move |_| {
            live.state()
                .with(|state| state.as_ref().map(|state| (state.pauses.clone(), state.budget.cap)))
        });
        let age = Memo::new(move |_| live.now().unix_seconds() / READ_SECONDS);
        let readings = LocalResource::new(move || {
            again.track();
            told.track();
            age.track();
            let deployment = deployment.get();
            async move { Some(reads::readings(&deployment?.contracts, live.id().key()).await) }
        });
        let itself: StoredValue<Option<Self>> = StoredValue::new(None);
        let sign = Action::new_local(move |lever: &Lever| {
            let lever = *lever;
            async move {
                if let Some(levers) = itself.try_get_value().flatten() {
                    levers.ask_to_sign(lever).await;
                }
            }
        });
        let wallet = use_wallet();
        let around = Around { live, wallet, account: wallet.account(), deployment, readings, sign };
        let levers = Self {
            mission: live.id(),
            flips: RwSignal::new(memory::recall(live.id())),
            again,
            around: StoredValue::new_local(around),
        };
        itself.set_value(Some(levers));
        levers.watch();
        levers
    }

    /// Which mission.
    pub(crate) const fn mission(self) -> MissionId {
        self.mission
    }

    fn around(self) -> Around {
        self.around.get_value()
    }

    /// Puts a flip up for signing, in the place of an earlier one that is over.
    pub(crate) fn propose(self, lever: Lever) {
        self.flips.update(|flips| {
            let slot = Slot::of(&lever);
            if !flips.get(&slot).is_some_and(|flip| untrack(|| self.is_busy(flip))) {
                flips.insert(slot, Flip::proposed(lever));
            }
        });
    }

    /// Checks everything once more and asks the wallet.
    pub(crate) fn sign(self, lever: Lever) {
        self.propose(lever);
        self.around().sign.dispatch_local(lever);
    }

    /// Takes a proposal back, or clears what is over.
    pub(crate) fn withdraw(self, slot: Slot) {
        self.flips.update(|flips| {
            if flips.get(&slot).is_some_and(|flip| !untrack(|| self.is_busy(flip))) {
                flips.remove(&slot);
            }
        });
    }

    /// Whether a flip cannot be replaced now.
    fn is_busy(self, flip: &Flip) -> bool {
        self.around().live.with(|journal| flip.is_busy(journal))
    }

    /// The flip in a place: the one under way or the last, unless it was obeyed and then undone.
    pub(crate) fn flip(self, slot: Slot) -> Memo<Option<Flip>> {
        let live = self.around().live;
        Memo::new(move |_| {
            let flip = self.flips.with(|flips| flips.get(&slot).cloned())?;
            let block = live.with(|journal| flip.block(journal));
            let readings = self.readings().and_then(Result::ok);
            // A reading from before the flip says nothing about it.
            let past = block
                .zip(readings)
                .is_some_and(|(block, it)| it.block >= block && !in_force(&flip.lever, &it));
            (!past).then_some(flip)
        })
    }

    /// What the chain says, once it has been asked.
    pub(crate) fn readings(self) -> Option<Result<Readings, ClientError>> {
        self.around().readings.get().flatten()
    }

    /// Asks the chain again.
    pub(crate) fn refresh(self) {
        self.again.try_update(|again| *again = again.wrapping_add(1));
    }

    /// Whether there is an engine that will obey.
    pub(crate) fn engine(self) -> Engine {
        let over = self
            .around()
            .live
            .state()
            .with(|state| state.as_ref().is_some_and(|state| state.is_closed()));
        if over { Engine::Stopped } else { Engine::Listening }
    }

    /// Notes how far a flip is: also when the page was left while the wallet was asked, so that nothing signed is lost.
    fn set(self, slot: Slot, progress: Progress) {
        if self.flips.is_disposed() {
            let mut flips = memory::recall(self.mission);
            if let Some(flip) = flips.get_mut(&slot) {
                flip.progress = progress;
            }
            memory::remember(self.mission, &flips);
            return;
        }
        self.flips.update(|flips| {
            if let Some(flip) = flips.get_mut(&slot) {
                flip.progress = progress;
            }
        });
    }

    async fn ask_to_sign(self, lever: Lever) {
        let slot = Slot::of(&lever);
        let proposed = Flip::proposed(lever);
        let ready = self
            .flips
            .try_with_untracked(|flips| flips.get(&slot).is_some_and(|flip| *flip == proposed));
        let signer = self
            .around
            .try_get_value()
            .and_then(|around| around.account.try_get_untracked().flatten());
        let Some(signer) = signer.filter(|_| ready == Some(true)) else { return };
        self.set(slot, Progress::Asking { signer });
        let progress = match self.check_and_send(lever, signer).await {
            Ok(hash) => Progress::Signed { hash },
            Err(words) => Progress::Proposed { trouble: Some(words) },
        };
        self.set(slot, progress);
    }

    /// Everything is checked once more right before the wallet is asked.
    async fn check_and_send(self, lever: Lever, signer: Address) -> Result<B256, (String, String)> {
        let around =
            self.around.try_get_value().ok_or_else(|| WalletError::NotConnected.words())?;
        let deployment = around
            .deployment
            .try_get_untracked()
            .flatten()
            .ok_or_else(|| WalletError::Disconnected.words())?;
        let unavailable = |error: ClientError| WalletError::from(error).words();
        let readings = reads::readings(&deployment.contracts, self.mission.key())
            .await
            .map_err(unavailable)?;
        let required = readings.signer(lever.role());
        if signer != required {
            let who = format!(
                "This needs the {}, {}",
                role_words(lever.role()),
                format::short_address(&required)
            );
            return Err((who, "Connect that account, then sign.".to_owned()));
        }
        if let Some(reason) = idle_reason(&lever, &readings) {
            return Err((reason, "There is nothing to sign.".to_owned()));
        }
        if let Lever::BudgetCap { now, .. } = lever
            && now != readings.cap
        {
            let what = format!("The cap has changed from {now} to {} meanwhile", readings.cap);
            return Err((what, "Choose the new cap again.".to_owned()));
        }
        let call = lever.call(&deployment.contracts);
        if describe(&call, &deployment.contracts)
            .is_none_or(|described| described.path != lever.path())
        {
            return Err(WalletError::NotDecoded.words());
        }
        match reads::rehearse(signer, &call).await.map_err(unavailable)? {
            Verdict::Refused { why } => {
                return Err((
                    format!("The chain would refuse it: {why}"),
                    "Nothing was signed.".to_owned(),
                ));
            }
            Verdict::Succeeds { .. } => {}
        }
        around.wallet.send(&call).await.map_err(|error| error.words())
    }

    fn watch(self) {
        let mission = self.mission;
        // Touches the tab's storage, so that stages survive a reload.
        Effect::new(move |_| self.flips.with(|flips| memory::remember(mission, flips)));
        let poll = Action::new_local(move |(): &()| self.follow());
        let ask = move || {
            let busy = poll.pending().try_get_untracked().unwrap_or(true);
            let under_way =
                self.flips.try_with_untracked(|flips| flips.values().any(Flip::is_under_way));
            if !busy && under_way == Some(true) {
                poll.dispatch_local(());
            }
        };
        if let Ok(interval) = set_interval_with_handle(ask, POLL) {
            on_cleanup(move || interval.clear());
        }
    }

    /// Asks the chain what became of the transactions under way.
    async fn follow(self) {
        let under_way: Option<Vec<(Slot, Flip)>> = self.flips.try_with_untracked(|flips| {
            flips
                .iter()
                .filter(|(_, flip)| flip.is_under_way())
                .map(|(slot, flip)| (*slot, flip.clone()))
                .collect()
        });
        for (slot, flip) in under_way.unwrap_or_default() {
            let Some(hash) = flip.hash() else { continue };
            let Ok(progress) = became_of(hash, &flip.progress).await else { continue };
            if progress != flip.progress {
                // Another flip may have taken its place meanwhile; that one has its own news.
                if self.flips.try_with_untracked(|flips| flips.get(&slot) == Some(&flip))
                    != Some(false)
                {
                    self.set(slot, progress);
                }
                self.refresh();
            }
        }
    }
}

/// How far a transaction is now.
async fn became_of(hash: B256, known: &Progress) -> Result<Progress, ClientError> {
    if let Some(receipt) = api::receipt(hash).await? {
        let block = receipt.block_number.to();
        let succeeded = receipt.status.to::<u64>() == 1;
        return Ok(if succeeded {
            Progress::Confirmed { hash, block }
        } else {
            Progress::Reverted { hash, block }
        });
    }
    let seen: Value = api::rpc("eth_getTransactionByHash", json!([hash])).await?;
    if !seen.is_null() {
        return Ok(Progress::Sent { hash });
    }
    // The chain does not know it (any more): the relay may know why. A wallet that sends by itself leaves no trace there.
    Ok(match api::transaction(hash).await.map(|view| view.status) {
        Ok(TransactionStatus::Refused { reason }) => Progress::Dropped { hash, reason },
        Ok(TransactionStatus::Replaced {}) => Progress::Dropped {
            hash,
            reason: "another transaction took its place in the wallet's order".to_owned(),
        },
        Ok(
            TransactionStatus::Stored
            | TransactionStatus::Sent
            | TransactionStatus::Included { .. }
            | TransactionStatus::Safe { .. }
            | TransactionStatus::Final { .. }
            | TransactionStatus::Reverted { .. },
        )
        | Err(_) => known.clone(),
    })
}
