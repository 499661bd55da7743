//! What a model call may cost at most. The worst case is held back in the very append that records the request, so that
//! spend can never outgrow the cap, at any concurrency.
#![deny(clippy::float_arithmetic, clippy::arithmetic_side_effects)]

use phase8_shared::mission::{Budget, PricedAdapter};
use phase8_shared::money::MicroUsd;

/// The most tokens that a call sends. A token is at least one byte, so a prompt of so many bytes is never longer.
const MOST_PROMPT_TOKENS: u64 = 16_000;
/// The most tokens that a call may answer with.
const MOST_OUTPUT_TOKENS: u64 = 4_000;

/// Bounds of one call, in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// What may be sent.
    pub prompt_tokens: u64,
    /// What may come back.
    pub output_tokens: u64,
}

impl CallLimits {
    /// The bounds with this adapter: three quarters of a small context are for the prompt.
    pub fn of(adapter: &PricedAdapter) -> Self {
        let quarter = adapter.max_context.checked_div(4).unwrap_or(0);
        Self {
            prompt_tokens: quarter.saturating_mul(3).clamp(1, MOST_PROMPT_TOKENS),
            output_tokens: quarter.clamp(1, MOST_OUTPUT_TOKENS),
        }
    }

    /// Both together.
    pub const fn total(self) -> u64 {
        self.prompt_tokens.saturating_add(self.output_tokens)
    }
}

/// What a call with this adapter costs at most; `None` if that is more than can be held.
pub fn worst_case(adapter: &PricedAdapter) -> Option<MicroUsd> {
    adapter.per_1k_tokens.price_of(CallLimits::of(adapter).total())
}

/// Whether a call of that worst case may be asked for: spent, reserved and it together stay within the cap.
pub fn fits(budget: &Budget, worst_case: MicroUsd) -> bool {
    let committed = budget.spent.checked_add(budget.reserved);
    committed
        .and_then(|committed| committed.checked_add(worst_case))
        .is_some_and(|sum| sum <= budget.cap)
}

/// What an answered call is charged, or `None` if it claims more than was reserved: such a claim is not believed.
pub fn charge(adapter: &PricedAdapter, tokens: u64, reserved: MicroUsd) -> Option<MicroUsd> {
    adapter.per_1k_tokens.price_of(tokens).filter(|cost| *cost <= reserved)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(max_context: u64, per_1k_tokens: u64) -> PricedAdapter {
        PricedAdapter {
            id: "a".to_owned(),
            per_1k_tokens: MicroUsd::new(per_1k_tokens),
            max_context,
        }
    }

    #[test]
    fn a_call_is_bounded_by_the_context_of_its_adapter() {
        assert_eq!(
            CallLimits::of(&adapter(200_000, 1)),
            CallLimits { prompt_tokens: 16_000, output_tokens: 4_000 }
        );
        assert_eq!(
            CallLimits::of(&adapter(8_000, 1)),
            CallLimits { prompt_tokens: 6_000, output_tokens: 2_000 }
        );
        assert_eq!(worst_case(&adapter(200_000, 30_000)), Some(MicroUsd::new(600_000)));
    }

    #[test]
    fn a_call_that_would_pass_the_cap_by_one_micro_dollar_does_not_fit() {
        let budget = Budget {
            cap: MicroUsd::new(100),
            spent: MicroUsd::new(30),
            reserved: MicroUsd::new(20),
        };
        assert!(fits(&budget, MicroUsd::new(50)));
        assert!(!fits(&budget, MicroUsd::new(51)));
        assert!(!fits(&budget, MicroUsd::new(u64::MAX)));
    }

    #[test]
    fn a_claim_above_the_reservation_is_not_believed() {
        assert_eq!(charge(&adapter(8_000, 1_000), 10, MicroUsd::new(10)), Some(MicroUsd::new(10)));
        assert_eq!(charge(&adapter(8_000, 1_000), 11, MicroUsd::new(10)), None);
    }
}
