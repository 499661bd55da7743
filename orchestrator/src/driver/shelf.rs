//! Folds of missions that rest, for those who ask again soon. There is room for a few; the longest unused goes first.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use phase8_shared::id::MissionId;

use super::ledger::Ledger;

#[derive(Debug)]
pub(super) struct Shelf {
    room: usize,
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    /// Counts uses.
    uses: u64,
    ledgers: BTreeMap<MissionId, (u64, Ledger)>,
}

impl Shelf {
    pub(super) fn new(room: usize) -> Self {
        Self { room, places: Mutex::default() }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy, which shares the fold.
    pub(super) fn get(&self, mission: MissionId) -> Option<Ledger> {
        let mut places = self.places();
        places.uses += 1;
        let now = places.uses;
        let (used, ledger) = places.ledgers.get_mut(&mission)?;
        *used = now;
        Some(ledger.clone())
    }

    /// Takes it away: it is about to change.
    pub(super) fn take(&self, mission: MissionId) -> Option<Ledger> {
        self.places().ledgers.remove(&mission).map(|(_, ledger)| ledger)
    }

    pub(super) fn put(&self, mission: MissionId, ledger: Ledger) {
        let mut places = self.places();
        places.uses += 1;
        let uses = places.uses;
        places.ledgers.insert(mission, (uses, ledger));
        if places.ledgers.len() > self.room {
            let oldest = places.ledgers.iter().min_by_key(|(_, (used, _))| *used);
            if let Some(oldest) = oldest.map(|(mission, _)| *mission) {
                places.ledgers.remove(&oldest);
            }
        }
    }
}
