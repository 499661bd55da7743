//! Flips of this tab: they survive a reload, and end with the tab.

use std::collections::BTreeMap;

use leptos::prelude::window;

use crate::lever::flip::Flip;
use crate::lever::place::Place;

/// Flips, each in its place.
pub(crate) type Flips = BTreeMap<Place, Flip>;

const KEY: &str = "phase8.levers";

/// What this tab remembers.
pub(crate) fn recall() -> Flips {
    let text = window()
        .session_storage()
        .ok()
        .flatten()
        .and_then(|storage| storage.get_item(KEY).ok().flatten());
    text.map(|text| restore(&text)).unwrap_or_default()
}

/// Remembers for as long as the tab lives. Without storage the page only forgets.
pub(crate) fn remember(flips: &Flips) {
    if let (Ok(Some(storage)), Ok(text)) = (window().session_storage(), store(flips)) {
        let _ = storage.set_item(KEY, &text);
    }
}

fn store(flips: &Flips) -> serde_json::Result<String> {
    serde_json::to_string(&flips.iter().collect::<Vec<_>>())
}

fn restore(text: &str) -> Flips {
    let flips: Vec<(Place, Flip)> = serde_json::from_str(text).unwrap_or_default();
    flips.into_iter().map(|(place, flip)| (place, flip.restored())).collect()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::B256;
    use phase8_shared::chain::Lever;

    use super::*;
    use crate::lever::flip::{Progress, Track};
    use crate::live::sample;

    #[test]
    fn flips_come_back_to_their_places() {
        let mut sent = Flip::proposed(Lever::PauseFleet);
        sent.progress = Progress::Sent { track: Track::transaction(B256::repeat_byte(1)) };
        let flips = Flips::from([
            (Place::new("lever-pause-fleet"), sent),
            (Place::of("lever-cap", sample::mission()), Flip::proposed(Lever::ResumeFleet)),
        ]);

        assert_eq!(restore(&store(&flips).unwrap()), flips);
    }

    #[test]
    fn what_cannot_be_read_is_forgotten() {
        assert_eq!(restore("{nonsense"), Flips::default());
    }
}
