//! Flips of this tab: they survive a reload, and end with the tab.

use std::collections::BTreeMap;

use leptos::prelude::window;
use phase8_shared::id::MissionId;

use crate::lever::flip::{Flip, Slot};

/// The flips of a mission, each in its place.
pub(crate) type Flips = BTreeMap<Slot, Flip>;

/// What this tab remembers.
pub(crate) fn recall(mission: MissionId) -> Flips {
    let text = window()
        .session_storage()
        .ok()
        .flatten()
        .and_then(|storage| storage.get_item(&key(mission)).ok().flatten());
    text.map(|text| restore(&text)).unwrap_or_default()
}

/// Remembers for as long as the tab lives. Without storage the page only forgets.
pub(crate) fn remember(mission: MissionId, flips: &Flips) {
    let list: Vec<&Flip> = flips.values().collect();
    if let (Ok(Some(storage)), Ok(text)) =
        (window().session_storage(), serde_json::to_string(&list))
    {
        let _ = storage.set_item(&key(mission), &text);
    }
}

fn key(mission: MissionId) -> String {
    format!("phase8.levers.{mission}")
}

fn restore(text: &str) -> Flips {
    let flips: Vec<Flip> = serde_json::from_str(text).unwrap_or_default();
    flips.into_iter().map(|flip| (Slot::of(&flip.lever), flip.restored())).collect()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::B256;
    use phase8_shared::chain::Lever;

    use super::*;
    use crate::lever::flip::Progress;

    #[test]
    fn flips_come_back_to_their_places() {
        let sent = Flip {
            lever: Lever::PauseFleet,
            progress: Progress::Sent { hash: B256::repeat_byte(1) },
        };
        let text = serde_json::to_string(&[&sent, &Flip::proposed(Lever::ResumeFleet)]).unwrap();

        let flips = restore(&text);

        assert_eq!(flips.get(&Slot::PauseFleet), Some(&sent));
        assert_eq!(flips.len(), 2);
    }

    #[test]
    fn what_cannot_be_read_is_forgotten() {
        assert_eq!(restore("{nonsense"), Flips::default());
    }
}
