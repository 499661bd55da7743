//! The Safe batch: intents put together for one signature of a Safe.

use alloy_primitives::{B256, U256};
use leptos::prelude::*;
use phase8_shared::chain::{Circumstances, Contracts, Intent, Lever};
use serde::{Deserialize, Serialize};

use crate::api::System;

const KEY: &str = "phase8.batch";

/// What an intent is made from: enough to build the very same bytes after a reload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    lever: Lever,
    chain_id: u64,
    nonce: U256,
    deadline: u64,
    delay: u64,
    salt: B256,
}

impl Kept {
    fn of(intent: &Intent) -> Self {
        let operation = intent.operation.as_ref();
        Self {
            lever: intent.lever.clone(),
            chain_id: intent.request.chain_id,
            nonce: intent.request.nonce,
            deadline: intent.request.deadline,
            delay: operation.map_or(0, |operation| operation.delay),
            salt: operation.map_or(B256::ZERO, |operation| operation.salt),
        }
    }

    fn intent(self, contracts: &Contracts) -> Intent {
        let Self { lever, chain_id, nonce, deadline, delay, salt } = self;
        Intent::new(lever, contracts, Circumstances { chain_id, nonce, deadline, delay, salt })
    }
}

/// Intents that will be one batch.
#[derive(Clone, Copy)]
pub(crate) struct SafeBatchCart {
    intents: RwSignal<Vec<Intent>>,
}

/// The batch of this page.
pub(crate) fn use_batch() -> SafeBatchCart {
    use_context().unwrap_or_else(|| SafeBatchCart::provide(crate::api::use_system_handle()))
}

impl SafeBatchCart {
    /// The batch of this tab, known to every part of the page. It survives a reload, as long as the chain is the same.
    pub(crate) fn provide(system: System) -> Self {
        let intents = RwSignal::new(Vec::<Intent>::new());
        let deployment = system.deployment();
        // Touches the tab's storage: read once, as soon as the contracts are known, and written from then on.
        Effect::new(move |before: Option<bool>| {
            let Some(found) = deployment.get() else { return false };
            if before == Some(true) {
                intents.with(|intents| remember(intents));
                return true;
            }
            let kept = recall().into_iter().filter(|kept| kept.chain_id == found.chain_id);
            let kept: Vec<Intent> = kept.map(|kept| kept.intent(&found.contracts)).collect();
            intents.update(|intents| intents.splice(0..0, kept).for_each(drop));
            intents.track();
            true
        });
        let cart = Self { intents };
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

fn recall() -> Vec<Kept> {
    let text = window()
        .session_storage()
        .ok()
        .flatten()
        .and_then(|storage| storage.get_item(KEY).ok().flatten());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn remember(intents: &[Intent]) {
    let kept: Vec<Kept> = intents.iter().map(Kept::of).collect();
    if let (Ok(Some(storage)), Ok(text)) =
        (window().session_storage(), serde_json::to_string(&kept))
    {
        let _ = storage.set_item(KEY, &text);
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::Address;
    use phase8_shared::money::MicroUsd;

    use super::*;
    use crate::live::sample;

    #[test]
    fn an_intent_comes_back_with_the_same_digest() {
        let contracts = Contracts::locate(|name| Address::with_last_byte(1 + name as u8));
        let lever = Lever::BudgetCap {
            mission: sample::mission().key(),
            now: MicroUsd::new(1),
            new: MicroUsd::new(2),
        };
        let around = Circumstances {
            chain_id: 31_337,
            nonce: U256::from(4),
            deadline: 9,
            delay: 60,
            salt: B256::repeat_byte(3),
        };
        let intent = Intent::new(lever, &contracts, around);

        let text = serde_json::to_string(&Kept::of(&intent)).unwrap();
        let back = serde_json::from_str::<Kept>(&text).unwrap().intent(&contracts);

        assert_eq!(back.digest(), intent.digest());
        assert_eq!(back, intent);
    }
}
