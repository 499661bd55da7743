//! What the chain answers once a flip is in force.

use alloy_primitives::Bytes;
use phase8_shared::api::ReadValue;
use phase8_shared::chain::Call;
use phase8_shared::chain::difference::Question;
use serde::{Deserialize, Serialize};

/// Bytes of a value in an answer.
const WORD: usize = 32;

/// A view call, and what it answers once a flip is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Expected {
    /// The call.
    pub(crate) call: Call,
    /// The answer.
    pub(crate) answer: Bytes,
    /// What it answers as long as the flip is not in force.
    #[serde(default)]
    pub(crate) before: Bytes,
    /// Words of the answer that only the block tells: they are other than before, and more is not known.
    #[serde(default)]
    pub(crate) told_later: Vec<usize>,
}

impl Expected {
    /// What a question's answer will be, if the flip changes it and it was tried out well.
    pub(crate) fn of(question: &Question, before: &ReadValue, after: &ReadValue) -> Option<Self> {
        if before == after {
            return None;
        }
        Some(Self {
            call: question.call.clone(),
            answer: after.returned()?.clone(),
            before: before.returned().cloned().unwrap_or_default(),
            told_later: question.told_later(),
        })
    }

    /// Whether an answer shows the flip in force.
    pub(crate) fn fits(&self, found: Option<&ReadValue>) -> bool {
        let Some(found) = found.and_then(ReadValue::returned) else { return false };
        let word = |data: &Bytes, place: usize| data.chunks(WORD).nth(place).map(<[u8]>::to_vec);
        let words = self.answer.len().div_ceil(WORD);
        found.len() == self.answer.len()
            && (0..words).all(|place| {
                if self.told_later.contains(&place) {
                    word(found, place) != word(&self.before, place)
                } else {
                    word(found, place) == word(&self.answer, place)
                }
            })
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, U256};

    use super::*;

    fn words(numbers: &[u64]) -> Bytes {
        numbers.iter().flat_map(|number| U256::from(*number).to_be_bytes::<WORD>()).collect()
    }

    fn found(numbers: &[u64]) -> ReadValue {
        ReadValue::Returned { data: words(numbers) }
    }

    #[test]
    fn a_flip_is_in_force_whatever_second_its_block_got() {
        let expected = Expected {
            call: Call { to: Address::ZERO, data: Bytes::new() },
            answer: words(&[7, 1_000]),
            before: words(&[0, 0]),
            told_later: vec![1],
        };

        for (answer, fits) in [
            (found(&[7, 1_000]), true),
            (found(&[7, 1_003]), true),
            (found(&[7, 0]), false),
            (found(&[8, 1_003]), false),
            (found(&[7]), false),
        ] {
            assert_eq!(expected.fits(Some(&answer)), fits, "{answer:?}");
        }
        assert!(!expected.fits(None));
    }

    #[test]
    fn nothing_but_what_is_told_later_may_differ() {
        let expected = Expected {
            call: Call { to: Address::ZERO, data: Bytes::new() },
            answer: words(&[7]),
            before: Bytes::new(),
            told_later: Vec::new(),
        };

        assert!(expected.fits(Some(&found(&[7]))) && !expected.fits(Some(&found(&[6]))));
    }
}
