//! What a model call may cost at most. The worst case is held back in the very append that records the request, so that
//! spend can never outgrow the cap, at any concurrency.
#![deny(clippy::float_arithmetic, clippy::arithmetic_side_effects)]

use phase8_shared::mission::{Budget, PricedAdapter};
use phase8_shared::money::MicroUsd;

/// The most tokens that a call sends. A token is at least one byte, so a prompt of so many bytes is never longer.
const MOST_PROMPT_TOKENS: u64 = 16_000;
/// The most tokens that a call may answer with.
const MOST_OUTPUT_TOKENS: u64 = 4_000;
/// A call of fewer tokens, half of them for the prompt, brings no step to its end.
const LEAST_TOKENS: u64 = 2_000;

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

    /// The bounds that a reservation pays for: those of [`Self::of`] where it covers them, else as many tokens as it
    /// covers. A last call needs room for its result more than for what was written before.
    pub fn within(adapter: &PricedAdapter, reserved: MicroUsd) -> Self {
        let full = Self::of(adapter);
        let tokens = affordable(adapter, reserved);
        if tokens >= full.total() {
            return full;
        }
        let output_tokens = tokens.checked_div(2).unwrap_or(0).min(full.output_tokens);
        Self { prompt_tokens: tokens.saturating_sub(output_tokens), output_tokens }
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

/// How many tokens so much money pays for.
fn affordable(adapter: &PricedAdapter, money: MicroUsd) -> u64 {
    let thousandths = u128::from(money.get()).saturating_mul(1_000);
    let tokens = thousandths.checked_div(u128::from(adapter.per_1k_tokens.get()));
    tokens.map_or(u64::MAX, |tokens| u64::try_from(tokens).unwrap_or(u64::MAX))
}

/// What the largest call that still fits into what remains costs at most; `None` if even the smallest that is of any use
/// does not fit.
pub fn last_call(adapter: &PricedAdapter, remaining: MicroUsd) -> Option<MicroUsd> {
    let tokens = CallLimits::within(adapter, remaining).total();
    let enough = tokens >= LEAST_TOKENS.min(CallLimits::of(adapter).total());
    enough.then(|| adapter.per_1k_tokens.price_of(tokens)).flatten()
}

/// What the smallest call that is of any use costs at most.
pub fn least_call(adapter: &PricedAdapter) -> Option<MicroUsd> {
    adapter.per_1k_tokens.price_of(LEAST_TOKENS.min(CallLimits::of(adapter).total()))
}

/// Whether a call of that worst case may be asked for: spent, reserved and it together stay within the cap.
pub fn fits(budget: &Budget, worst_case: MicroUsd) -> bool {
    let committed = budget.spent.checked_add(budget.reserved);
    committed
        .and_then(|committed| committed.checked_add(worst_case))
        .is_some_and(|sum| sum <= budget.cap)
}

/// What an answered call is charged, or `None` if it claims more than it could have used: such a claim is not believed.
pub fn charge(adapter: &PricedAdapter, tokens: u64, reserved: MicroUsd) -> Option<MicroUsd> {
    let possible = tokens <= CallLimits::within(adapter, reserved).total();
    let cost = adapter.per_1k_tokens.price_of(tokens).filter(|cost| *cost <= reserved);
    cost.filter(|_| possible)
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
    fn a_last_call_is_as_large_as_what_remains_and_costs_no_micro_dollar_more() {
        let cases = [
            // (context, price, remaining, reserved, prompt, output)
            (200_000, 30_000, 900_000, Some(600_000), 16_000, 4_000),
            (200_000, 30_000, 599_999, Some(599_970), 15_999, 4_000),
            (200_000, 30_000, 90_000, Some(90_000), 1_500, 1_500),
            (200_000, 30_000, 60_000, Some(60_000), 1_000, 1_000),
            (200_000, 30_000, 59_999, None, 1_000, 999),
            (200_000, 7, 100, Some(100), 10_285, 4_000),
            // A context that is smaller than the smallest call is used whole, or not at all.
            (1_000, 30_000, 30_000, Some(30_000), 750, 250),
            (1_000, 30_000, 29_999, None, 749, 250),
            // What costs nothing always fits.
            (8_000, 0, 0, Some(0), 6_000, 2_000),
        ];
        for (context, price, remaining, reserved, prompt_tokens, output_tokens) in cases {
            let adapter = adapter(context, price);
            let case = format!("{context} at {price} with {remaining}");
            let remaining = MicroUsd::new(remaining);
            let limits = CallLimits { prompt_tokens, output_tokens };

            let last = last_call(&adapter, remaining);

            assert_eq!(last, reserved.map(MicroUsd::new), "{case}");
            assert_eq!(CallLimits::within(&adapter, remaining), limits, "{case}");
            // The driver knows the reservation alone, and finds the same bounds.
            if let Some(last) = last {
                assert!(last <= remaining, "{case}");
                assert_eq!(CallLimits::within(&adapter, last), limits, "{case}");
            }
            assert_eq!(last.is_some(), least_call(&adapter).unwrap() <= remaining, "{case}");
        }
    }

    #[test]
    fn a_free_call_cannot_claim_more_than_its_bounds_either() {
        let free = adapter(8_000, 0);
        assert_eq!(charge(&free, 8_000, MicroUsd::ZERO), Some(MicroUsd::ZERO));
        assert_eq!(charge(&free, 8_001, MicroUsd::ZERO), None);
    }

    #[test]
    fn a_claim_above_the_reservation_is_not_believed() {
        assert_eq!(charge(&adapter(8_000, 1_000), 10, MicroUsd::new(10)), Some(MicroUsd::new(10)));
        assert_eq!(charge(&adapter(8_000, 1_000), 11, MicroUsd::new(10)), None);
    }
}
