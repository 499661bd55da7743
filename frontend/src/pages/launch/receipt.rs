//! Waiting for a transaction's block, and the words for one that failed.

use alloy_primitives::{B256, U64};
use leptos::prelude::*;
use phase8_shared::api::TransactionStatus;

use super::steps::Step;
use crate::api;
use crate::ui::Trouble;

/// Milliseconds between two looks for a receipt.
const LOOK_EVERY: u32 = 700;

/// Waits for the block, as long as the page is there. A server or chain that is away for a while is waited for.
pub(super) async fn confirmed(hash: B256, step: RwSignal<Step>) -> Option<Result<(), Trouble>> {
    loop {
        match api::receipt(hash).await {
            Ok(Some(receipt)) if receipt.status == U64::from(1) => return Some(Ok(())),
            Ok(Some(receipt)) => {
                let why = refusal(hash).await;
                let why = why.unwrap_or_else(|| {
                    format!("It was reverted in block {}.", receipt.block_number)
                });
                return Some(Err(Trouble::new(
                    "The chain reverted the transaction",
                    why,
                    "Mend what it names, then sign again.",
                )));
            }
            Ok(None) => {
                if let Some(why) = refusal(hash).await {
                    return Some(Err(Trouble::new(
                        "The transaction will not be included",
                        why,
                        "Sign again.",
                    )));
                }
            }
            // The banner says that the server or the chain is away.
            Err(_) => {}
        }
        gloo_timers::future::TimeoutFuture::new(LOOK_EVERY).await;
        step.try_get_untracked()?;
    }
}

/// Why a transaction that this server relayed failed; `None` while it has not, or if a wallet sent it by itself.
async fn refusal(hash: B256) -> Option<String> {
    match api::transaction(hash).await.ok()?.status {
        TransactionStatus::Reverted { reason, .. } | TransactionStatus::Refused { reason } => {
            Some(reason)
        }
        TransactionStatus::Replaced {} => Some("Another transaction took its place.".to_owned()),
        TransactionStatus::Stored
        | TransactionStatus::Sent
        | TransactionStatus::Included { .. }
        | TransactionStatus::Safe { .. }
        | TransactionStatus::Final { .. } => None,
    }
}
