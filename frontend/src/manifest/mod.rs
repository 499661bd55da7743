//! The manifest that was uploaded: kept for every place, and over a reload.

use leptos::prelude::*;

use crate::storage::{self, Key};
use crate::ui::Upload;

/// The manifest of this browser, if one was uploaded.
#[derive(Clone, Copy)]
pub(crate) struct ManifestHold {
    /// The file.
    pub(crate) upload: RwSignal<Option<Upload>>,
    /// Whether the browser will have it after a reload.
    pub(crate) is_remembered: RwSignal<bool>,
}

impl ManifestHold {
    /// Recalls it and makes it known to every place.
    pub(crate) fn provide() -> Self {
        let hold = Self {
            upload: RwSignal::new(storage::recall(Key::Manifest)),
            is_remembered: RwSignal::new(true),
        };
        // Touches the browser's memory.
        Effect::new(move |_| {
            let kept = hold.upload.with(|upload| {
                let Some(upload) = upload else {
                    storage::forget(Key::Manifest);
                    return true;
                };
                storage::remember(Key::Manifest, upload)
            });
            hold.is_remembered.set(kept);
        });
        provide_context(hold);
        hold
    }
}

/// The manifest of this browser.
pub(crate) fn use_manifest() -> ManifestHold {
    use_context().unwrap_or_else(ManifestHold::provide)
}
