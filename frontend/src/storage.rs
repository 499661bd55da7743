//! What the browser remembers for this page. Nothing here is needed for safety: without storage the page works, it only
//! forgets.

use leptos::prelude::window;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is remembered, each under its own key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// Dark, light, or as the system has it.
    Theme,
    /// Which wallet was chosen.
    Wallet,
    /// The launch draft.
    Draft,
    /// The manifest.
    Manifest,
    /// What was seen of missions.
    Visits,
}

impl Key {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Theme => "phase8.theme",
            Self::Wallet => "phase8.wallet",
            Self::Draft => "phase8.draft",
            Self::Manifest => "phase8.manifest",
            Self::Visits => "phase8.visits",
        }
    }
}

/// What was remembered, if anything that can still be read.
pub(crate) fn recall<T: DeserializeOwned>(key: Key) -> Option<T> {
    let text = window().local_storage().ok()??.get_item(key.as_str()).ok()??;
    serde_json::from_str(&text).ok()
}

/// Remembers a value; answers whether it will be there after a reload.
pub(crate) fn remember<T: Serialize>(key: Key, value: &T) -> bool {
    let Ok(Some(storage)) = window().local_storage() else { return false };
    serde_json::to_string(value).is_ok_and(|text| storage.set_item(key.as_str(), &text).is_ok())
}

/// Forgets a value.
pub(crate) fn forget(key: Key) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.remove_item(key.as_str());
    }
}
