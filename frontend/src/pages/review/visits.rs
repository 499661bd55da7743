//! What this browser saw of a mission before: the head and the key of its log. A server that shows another history later is
//! caught by it.

use std::collections::BTreeMap;

use phase8_shared::id::MissionId;
use phase8_shared::ledger::TreeHead;
use phase8_shared::ledger::verify::examine::Subject;
use phase8_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::live::browser_time;
use crate::storage::{self, Key};

/// Missions that are remembered; of more, those not seen for longest are forgotten.
const MOST: usize = 200;

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Visit {
    /// The head of the log; the largest that was ever seen and held.
    pub(super) head: TreeHead,
    /// The log's key.
    pub(super) vkey: String,
    /// When.
    pub(super) at: Timestamp,
}

type Visits = BTreeMap<String, Visit>;

/// What was seen of a mission.
pub(super) fn recall(mission: MissionId) -> Option<Visit> {
    let mut visits: Visits = storage::recall(Key::Visits)?;
    visits.remove(&mission.to_string())
}

/// Remembers a history that holds.
pub(super) fn remember(subject: &Subject) {
    let visits: Visits = storage::recall(Key::Visits).unwrap_or_default();
    let visit = Visit { head: subject.head, vkey: subject.vkey.clone(), at: browser_time() };
    storage::remember(Key::Visits, &noted(visits, subject.mission, visit));
}

/// An older export does not make the browser forget what it saw later.
fn noted(mut visits: Visits, mission: MissionId, visit: Visit) -> Visits {
    let key = mission.to_string();
    if visits.get(&key).is_none_or(|known| known.head.size <= visit.head.size) {
        visits.insert(key, visit);
    }
    while visits.len() > MOST {
        let oldest = visits.iter().min_by_key(|(_, visit)| visit.at).map(|(key, _)| key.clone());
        let Some(oldest) = oldest else { break };
        visits.remove(&oldest);
    }
    visits
}

#[cfg(test)]
mod tests {
    use alloy_primitives::B256;

    use super::*;

    fn visit(size: u64, at: u64) -> Visit {
        Visit {
            head: TreeHead { size, root: B256::ZERO },
            vkey: "key".to_owned(),
            at: Timestamp::from_millis(at),
        }
    }

    #[test]
    fn an_older_file_does_not_make_the_browser_forget_what_it_saw() {
        let mission = MissionId::from_bytes([1; 16]);

        let visits = noted(noted(Visits::new(), mission, visit(9, 1)), mission, visit(4, 2));
        assert_eq!(visits.get(&mission.to_string()), Some(&visit(9, 1)));

        let visits = noted(visits, mission, visit(12, 3));
        assert_eq!(visits.get(&mission.to_string()), Some(&visit(12, 3)));
    }

    #[test]
    fn those_not_seen_for_longest_are_forgotten() {
        let mut visits = Visits::new();
        for number in 0..=u8::try_from(MOST).unwrap() {
            let mission = MissionId::from_bytes([number; 16]);
            visits = noted(visits, mission, visit(1, u64::from(number)));
        }

        assert_eq!(visits.len(), MOST);
        assert!(!visits.contains_key(&MissionId::from_bytes([0; 16]).to_string()));
    }
}
