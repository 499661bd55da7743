//! The Safe batch: intents put together for one signature of a Safe.

use leptos::prelude::*;
use phase8_shared::chain::Intent;

/// Intents that will be one batch.
#[derive(Clone, Copy)]
pub(crate) struct SafeBatchCart {
    intents: RwSignal<Vec<Intent>>,
}

/// The batch of this page.
pub(crate) fn use_batch() -> SafeBatchCart {
    use_context().unwrap_or_else(SafeBatchCart::provide)
}

impl SafeBatchCart {
    /// An empty batch, known to every part of the page.
    pub(crate) fn provide() -> Self {
        let cart = Self { intents: RwSignal::new(Vec::new()) };
        provide_context(cart);
        cart
    }

    /// Adds an intent; the same call twice is once.
    pub(crate) fn add(self, intent: Intent) {
        self.intents.update(|intents| {
            if !intents.iter().any(|other| other.lever == intent.lever) {
                intents.push(intent);
            }
        });
    }

    /// Takes the intent at a position out.
    pub(crate) fn remove(self, index: usize) {
        self.intents.update(|intents| {
            if index < intents.len() {
                intents.remove(index);
            }
        });
    }

    /// Takes everything out.
    pub(crate) fn clear(self) {
        self.intents.set(Vec::new());
    }

    /// What is in it, in order.
    pub(crate) fn list(self) -> Signal<Vec<Intent>> {
        self.intents.into()
    }
}
