//! The composite score of a model adapter, as the original's evaluation computed it, and the hash of an adapter's record:
//! what the model registry on the chain is seeded with.
//!
//! The price drowns everything else in this number. It is kept for the files that carry it; what steers a choice also
//! looks at what missions measured.

use alloy_primitives::{B256, keccak256};

use crate::policy::ModelAdapter;
use crate::time::Timestamp;

/// Ten-thousandths in one.
const UNITS: f64 = 10_000.0;

/// `0.4·safety + 0.2/cost + 0.2·log2(context) + 0.1·ln(hours + 1) − 0.1·latencyMs/1000` in ten-thousandths, where the hours
/// are those since the adapter was validated. An adapter without a price gets nothing for its price.
pub fn adapter_composite(adapter: &ModelAdapter, now: Timestamp) -> i64 {
    adapter_composite_after(adapter, number(now.since(adapter.last_validated)) / 3_600_000.0)
}

/// The same with the hours given, as the original's evaluation takes them.
pub fn adapter_composite_after(adapter: &ModelAdapter, hours: f64) -> i64 {
    let safety = number(adapter.safety_score.micros()) / 1_000_000.0;
    let dollars = adapter.cost_per_1k_tokens.map_or(0.0, |price| number(price.get()) / 1_000_000.0);
    let cheapness = if dollars > 0.0 { 0.2 / dollars } else { 0.0 };
    let context = f64::from(adapter.max_context.max(1)).log2();
    let latency = f64::from(adapter.latency_ms) / 1_000.0;
    let score = 0.4 * safety + cheapness + 0.2 * context + 0.1 * (hours + 1.0).ln() - 0.1 * latency;
    units(score)
}

/// keccak-256 of the adapter's record as JSON with sorted keys and no spaces: whoever holds the record can check it.
pub fn adapter_record_hash(adapter: &ModelAdapter) -> B256 {
    let record = serde_json::to_value(adapter).unwrap_or_default();
    keccak256(record.to_string())
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53 in every file that is accepted")]
const fn number(value: u64) -> f64 {
    value as f64
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the cast saturates, and what is not a number becomes zero"
)]
fn units(score: f64) -> i64 {
    (score * UNITS).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::read_adapters;

    fn usual() -> Vec<ModelAdapter> {
        let file = include_str!("../../../configs/model-adapters.json");
        read_adapters(file).into_result().unwrap().0
    }

    #[test]
    fn the_composite_is_the_formula_to_four_digits() {
        // 2026-06-02T00:00:00Z, a day after every adapter was validated.
        let now = Timestamp::from_millis(1_780_358_400_000);
        let scores: Vec<i64> =
            usual().iter().map(|adapter| adapter_composite(adapter, now)).collect();

        // 0.388 + 16.6667 + 3.6 + 0.1·ln 25 − 0.024, and so on.
        assert_eq!(scores, [209_526, 151_950, 262_231, 536_789]);
    }

    #[test]
    fn a_record_has_one_hash_and_every_change_another() {
        let mut adapters = usual();
        let hash = adapter_record_hash(&adapters[0]);
        assert_eq!(hash, adapter_record_hash(&usual()[0]));

        adapters[0].latency_ms += 1;

        assert_ne!(hash, adapter_record_hash(&adapters[0]));
    }
}
