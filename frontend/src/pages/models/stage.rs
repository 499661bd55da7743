//! Where a proposal stands, in words.

use phase8_shared::api::ProposalStage;
use phase8_shared::chain::field::duration_words;

use crate::ui::Tone;

/// Thousandths of a token, for a bar.
pub(super) fn whole(amount: alloy_primitives::U256) -> u64 {
    (amount / alloy_primitives::U256::from(1_000_000_000_000_000_u64)).saturating_to()
}

/// Where a proposal stands, in words.
pub(super) fn stage_words(stage: ProposalStage) -> (Tone, String) {
    match stage {
        ProposalStage::Pending(left) => {
            (Tone::Wait, format!("vote opens in {}", duration_words(left)))
        }
        ProposalStage::Voting(left) => {
            (Tone::Work, format!("vote open for {}", duration_words(left)))
        }
        ProposalStage::Defeated => (Tone::Off, "defeated".to_owned()),
        ProposalStage::Passed => (Tone::Wait, "passed, to be queued".to_owned()),
        ProposalStage::Queued(left) => {
            (Tone::Wait, format!("queued, ready in {}", duration_words(left)))
        }
        ProposalStage::Ready => (Tone::Work, "ready".to_owned()),
        ProposalStage::Executed => (Tone::Ok, "in force".to_owned()),
        ProposalStage::Cancelled => (Tone::Off, "cancelled".to_owned()),
    }
}

/// The same as one word, for `data-stage`.
pub(super) const fn stage_name(stage: ProposalStage) -> &'static str {
    match stage {
        ProposalStage::Pending(_) => "pending",
        ProposalStage::Voting(_) => "voting",
        ProposalStage::Defeated => "defeated",
        ProposalStage::Passed => "passed",
        ProposalStage::Queued(_) => "queued",
        ProposalStage::Ready => "ready",
        ProposalStage::Executed => "executed",
        ProposalStage::Cancelled => "cancelled",
    }
}
