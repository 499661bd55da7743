//! A mission's place in the engine. While it is at work its fold is here; while it rests there is only a card, as small as
//! a line of the list.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use phase8_shared::api::{MissionHead, MissionSummary};
use phase8_shared::chain::ChainEffect;
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::ledger::TreeHead;
use phase8_shared::mission::MissionClock;
use phase8_shared::time::Timestamp;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::census::Tally;
use super::desk::Desk;
use super::ledger::{Ledger, Snapshot, Written};
use super::tail::News;
use super::tenure::Tenure;
use crate::mission::{EffectKey, next_wake};
use crate::store::Stored;

/// A mission's place.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) id: MissionId,
    /// Whoever holds it decides.
    pub(super) desk: tokio::sync::Mutex<Desk>,
    shown: Mutex<Shown>,
}

/// What readers see without waiting for whoever decides.
#[derive(Debug)]
struct Shown {
    card: Card,
    /// The fold, while the mission is at work.
    ledger: Option<Box<Ledger>>,
    /// The store's last event as far as this engine heard; what another engine appended is ahead of the fold.
    known: Seq,
    /// The right to work on it.
    tenure: Option<Tenure>,
    /// What runs for it.
    running: BTreeMap<EffectKey, AbortHandle>,
    /// Whether whoever is at the desk waits until the store works again.
    held_up: bool,
    /// When time alone makes something due.
    wake: Option<Timestamp>,
    /// For those who follow it closely; none while nobody does.
    news: Option<watch::Sender<News>>,
}

/// What is kept of a mission that rests.
#[derive(Debug, Clone)]
pub(super) struct Card {
    summary: MissionSummary,
    tally: Tally,
    clock: MissionClock,
    head: MissionHead,
    anchor: Option<TreeHead>,
    /// Whether some milestone has signatures enough to be paid.
    releasing: bool,
    /// Whether agents have something to do, or had when whoever worked on it was last heard of.
    busy: bool,
    /// When time alone makes something due.
    wake: Option<Timestamp>,
    closed: bool,
}

impl Card {
    /// `after` is when it was last looked what is due.
    pub(super) fn of(ledger: &Ledger, after: Timestamp) -> Self {
        let Snapshot { state, outbox, head } = ledger.snapshot();
        // Before every deadline: what could be paid at some moment is looked at again at each.
        let at_most = outbox.chain(&state, Timestamp::from_millis(0));
        let releasing =
            at_most.iter().any(|effect| matches!(effect, ChainEffect::ReleaseMilestone { .. }));
        Self {
            summary: MissionSummary::of(&state, state.as_of),
            tally: Tally::of(&state),
            clock: state.clock,
            head,
            anchor: outbox.anchor(),
            releasing,
            busy: outbox.is_busy(&state),
            wake: next_wake(&state, after),
            closed: state.is_closed(),
        }
    }
}

/// What is to be done on the chain for a mission, as far as its card tells.
pub(super) enum Owed {
    /// Exactly this.
    Known(Vec<ChainEffect>),
    /// Only the whole fold tells.
    Fold,
}

impl Seat {
    pub(super) fn resting(id: MissionId, card: Card) -> Arc<Self> {
        Arc::new(Self {
            id,
            desk: tokio::sync::Mutex::default(),
            shown: Mutex::new(Shown {
                known: card.head.seq,
                card,
                ledger: None,
                tenure: None,
                running: BTreeMap::new(),
                held_up: false,
                wake: None,
                news: None,
            }),
        })
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where its ledger ends, as far as this engine knows.
    pub(super) fn head(&self) -> MissionHead {
        let shown = self.shown();
        shown.ledger.as_ref().map_or(shown.card.head, |ledger| ledger.snapshot().head)
    }

    /// The store's last event as far as this engine heard.
    pub(super) fn known(&self) -> Seq {
        self.shown().known
    }

    /// Takes note of how far the store is. Answers whether that is new here.
    pub(super) fn hear(&self, seq: Seq) -> bool {
        let mut shown = self.shown();
        let newer = seq > shown.known;
        if newer {
            shown.known = seq;
            tell(&shown, seq, Arc::from([]));
        }
        newer
    }

    /// Whether the store has more than the fold.
    pub(super) fn is_behind(&self) -> bool {
        let shown = self.shown();
        shown.ledger.as_ref().is_some_and(|ledger| ledger.seq() < shown.known)
    }

    /// Whether what is shown is older than what the store has.
    pub(super) fn is_outdated(&self) -> bool {
        let shown = self.shown();
        let seq = shown.ledger.as_ref().map_or(shown.card.head.seq, |ledger| ledger.seq());
        seq < shown.known
    }

    /// The fold, while the mission is at work; it is shared.
    pub(super) fn ledger(&self) -> Option<Ledger> {
        self.shown().ledger.as_deref().cloned()
    }

    /// Takes note of what a fold that was made to be looked at tells.
    pub(super) fn show(&self, ledger: &Ledger) {
        let mut shown = self.shown();
        if ledger.seq() >= shown.card.head.seq {
            shown.card = Card::of(ledger, ledger.state().as_of);
        }
        shown.known = shown.known.max(ledger.seq());
    }

    /// Whether a mission that nobody works on ought to be worked on.
    pub(super) fn wants_work(&self, now: Timestamp) -> bool {
        let Shown { card, .. } = &*self.shown();
        !card.closed && (card.busy || card.wake.is_some_and(|wake| wake <= now))
    }

    /// Whether whoever is at the desk waits until the store works again.
    pub(super) fn is_held_up(&self) -> bool {
        self.shown().held_up
    }

    pub(super) fn hold_up(&self, held_up: bool) {
        self.shown().held_up = held_up;
    }

    /// The right to work on it, if this engine has it.
    pub(super) fn tenure(&self) -> Option<Tenure> {
        self.shown().tenure
    }

    pub(super) fn set_tenure(&self, tenure: Option<Tenure>) {
        self.shown().tenure = tenure;
    }

    /// The fold, while the mission is at work.
    pub(super) fn snapshot(&self) -> Option<Snapshot> {
        self.shown().ledger.as_ref().map(|ledger| ledger.snapshot())
    }

    pub(super) fn is_closed(&self) -> bool {
        let shown = self.shown();
        shown.ledger.as_ref().map_or(shown.card.closed, |ledger| ledger.state().is_closed())
    }

    /// Its line of the list.
    pub(super) fn summary(&self, now: Timestamp) -> MissionSummary {
        let shown = self.shown();
        if let Some(ledger) = &shown.ledger {
            MissionSummary::of(ledger.state(), now)
        } else {
            let elapsed = shown.card.clock.at(now);
            MissionSummary { elapsed, ..shown.card.summary.clone() }
        }
    }

    /// What it adds to the census.
    pub(super) fn tally(&self) -> Tally {
        let shown = self.shown();
        shown.ledger.as_ref().map_or(shown.card.tally, |ledger| Tally::of(ledger.state()))
    }

    /// What is to be done on the chain.
    pub(super) fn owed(&self, now: Timestamp) -> Owed {
        let shown = self.shown();
        if let Some(ledger) = &shown.ledger {
            let Snapshot { state, outbox, .. } = ledger.snapshot();
            return Owed::Known(outbox.chain(&state, now));
        }
        if shown.card.releasing {
            return Owed::Fold;
        }
        let anchor = |tree| ChainEffect::AnchorCheckpoint { mission: self.id, tree };
        Owed::Known(shown.card.anchor.map(anchor).into_iter().collect())
    }

    /// Puts the fold in its place; those who follow hear of what is new.
    pub(super) fn sit(&self, ledger: Ledger) {
        let mut shown = self.shown();
        let seq = ledger.seq();
        shown.ledger = Some(Box::new(ledger));
        shown.known = shown.known.max(seq);
        tell(&shown, seq, Arc::from([]));
    }

    /// Whether the fold is here.
    pub(super) fn is_at_work(&self) -> bool {
        self.shown().ledger.is_some()
    }

    /// Folds in what was appended. Answers whether the store has the same head.
    pub(super) fn take_in(&self, written: Written, head: Option<&TreeHead>) -> bool {
        let mut shown = self.shown();
        let Some(ledger) = shown.ledger.as_mut() else { return false };
        for (event, bytes) in &written {
            ledger.fold(event, bytes);
        }
        let agrees = head == Some(&ledger.tree());
        let seq = ledger.seq();
        shown.known = shown.known.max(seq);
        if shown.news.is_some() {
            let stored = |(event, bytes): (phase8_shared::mission::Event, Arc<[u8]>)| Stored {
                seq: event.seq,
                bytes,
            };
            tell(&shown, seq, written.into_iter().map(stored).collect());
        }
        agrees
    }

    /// Leaves only the card, and hands over the fold. `looked` is when it was last looked what is due, if it was here.
    pub(super) fn rest(&self, looked: Option<Timestamp>) -> Option<Ledger> {
        let mut shown = self.shown();
        let ledger = *shown.ledger.take()?;
        shown.card = Card::of(&ledger, looked.unwrap_or(ledger.state().as_of));
        // News are kept as long as somebody listens.
        if shown.news.as_ref().is_some_and(|news| news.receiver_count() == 0) {
            shown.news = None;
        }
        Some(ledger)
    }

    /// Listens to what is appended from now on.
    pub(super) fn listen(&self) -> watch::Receiver<News> {
        let mut shown = self.shown();
        let seq = shown.ledger.as_ref().map_or(shown.card.head.seq, |ledger| ledger.seq());
        let silent = || watch::channel(News { seq, recent: Arc::from([]) }).0;
        shown.news.get_or_insert_with(silent).subscribe()
    }

    /// Ends everything that follows it.
    pub(super) fn hush(&self) {
        self.shown().news = None;
    }

    /// Cuts off what is not wanted any more, and answers what of it runs.
    pub(super) fn keep_running(&self, wanted: impl Fn(&EffectKey) -> bool) -> Vec<EffectKey> {
        let mut shown = self.shown();
        shown.running.retain(|key, task| {
            let keep = wanted(key);
            if !keep {
                task.abort();
            }
            keep
        });
        shown.running.keys().copied().collect()
    }

    pub(super) fn runs(&self, key: EffectKey, task: AbortHandle) {
        self.shown().running.insert(key, task);
    }

    /// Takes note that something ended by itself. Answers whether it was still wanted.
    pub(super) fn ended(&self, key: EffectKey) -> bool {
        self.shown().running.remove(&key).is_some()
    }

    /// Whether nothing runs for it.
    pub(super) fn is_idle(&self) -> bool {
        self.shown().running.is_empty()
    }

    /// Sets when it is to be looked at again, and answers when it was to be before.
    pub(super) fn wake_at(&self, wake: Option<Timestamp>) -> Option<Timestamp> {
        std::mem::replace(&mut self.shown().wake, wake)
    }
}

fn tell(shown: &Shown, seq: Seq, recent: Arc<[Stored]>) {
    if let Some(news) = &shown.news {
        news.send_if_modified(|known| {
            let newer = seq > known.seq;
            if newer {
                *known = News { seq, recent };
            }
            newer
        });
    }
}
