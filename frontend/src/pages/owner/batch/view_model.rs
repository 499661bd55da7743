//! The Safe batch as a file: the calls in their order, and the checksum that Safe accepts.

use alloy_primitives::Address;
use phase8_shared::chain::exit::SafeBatch;
use phase8_shared::chain::{Contracts, Intent};
use phase8_shared::time::Timestamp;

use crate::pages::owner::words::{call_lines, moment};

/// Name of the file.
pub(super) const FILE: &str = "phase8-safe-transaction-batch.json";

/// An intent of the batch in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// What it is called.
    pub(super) title: &'static str,
    /// Call path with arguments.
    pub(super) path: String,
    /// Nonce and deadline that its digest names.
    pub(super) terms: String,
    /// Its EIP-712 digest.
    pub(super) digest: String,
}

/// The intents in words.
pub(super) fn lines(intents: &[Intent], contracts: &Contracts) -> Vec<Line> {
    let line = |intent: &Intent| {
        let (_, path) = call_lines(contracts, &intent.transaction());
        Line {
            title: intent.lever.title(),
            path,
            terms: format!(
                "nonce {}, until {}",
                intent.request.nonce,
                moment(intent.request.deadline)
            ),
            digest: intent.digest().to_string(),
        }
    };
    intents.iter().map(line).collect()
}

/// The batch, if there is anything in it.
pub(super) fn batch(intents: &[Intent], safe: Address, now: Timestamp) -> Option<SafeBatch> {
    let chain_id = intents.first()?.request.chain_id;
    Some(SafeBatch::new(chain_id, safe, intents, now))
}

/// The intents with one moved a place up or down; out of bounds changes nothing.
pub(super) fn moved(mut intents: Vec<Intent>, from: usize, to: usize) -> Vec<Intent> {
    if from < intents.len() && to < intents.len() {
        intents.swap(from, to);
    }
    intents
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{B256, U256};
    use phase8_shared::chain::exit::verify_checksum;
    use phase8_shared::chain::{Circumstances, Lever};

    use super::*;

    fn contracts() -> Contracts {
        Contracts::locate(|name| Address::with_last_byte(1 + name as u8))
    }

    fn intent(lever: Lever) -> Intent {
        let around = Circumstances {
            chain_id: 31_337,
            nonce: U256::from(2),
            deadline: 1_795_386_900,
            delay: 60,
            salt: B256::ZERO,
        };
        Intent::new(lever, &contracts(), around)
    }

    #[test]
    fn the_file_names_the_safe_and_its_own_checksum() {
        let intents = [intent(Lever::PauseFleet), intent(Lever::ResumeFleet)];
        let safe = Address::repeat_byte(5);
        let batch = batch(&intents, safe, Timestamp::from_millis(1)).unwrap();

        assert!(verify_checksum(&serde_json::to_value(&batch).unwrap()));
        assert_eq!(batch.meta.created_from_safe_address, safe);
        assert_eq!(batch.calls(), intents.map(|intent| intent.transaction()));
    }

    #[test]
    fn an_empty_batch_is_no_file() {
        assert_eq!(batch(&[], Address::ZERO, Timestamp::from_millis(1)), None);
    }

    #[test]
    fn the_order_can_be_changed() {
        let intents = vec![intent(Lever::PauseFleet), intent(Lever::ResumeFleet)];
        let titles = |intents: &[Intent]| {
            lines(intents, &contracts()).into_iter().map(|line| line.title).collect::<Vec<_>>()
        };

        assert_eq!(titles(&moved(intents.clone(), 1, 0)), ["Resume Fleet", "Pause Fleet"]);
        assert_eq!(titles(&moved(intents, 1, 2)), ["Pause Fleet", "Resume Fleet"]);
    }

    #[test]
    fn a_line_tells_the_whole_path() {
        let line = lines(&[intent(Lever::PauseFleet)], &contracts()).remove(0);

        assert_eq!(
            line.path,
            "OwnerProxy.execute → Phase8UniversalValueManager.forwardPauseCall → SystemPause.pauseAll"
        );
        assert_eq!(line.terms, "nonce 2, until 2026-11-22 22:35 UTC");
    }
}
