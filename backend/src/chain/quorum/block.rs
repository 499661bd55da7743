//! Which block is read: the highest that a quorum of the endpoints has, under one hash.

use alloy::primitives::{B256, U64};
use phase8_shared::api::Said;
use serde::Deserialize;

/// An endpoint may be this many blocks ahead of the block that is read.
const BLOCKS_AHEAD: u64 = 16;
/// Or this many seconds. One that is further ahead by both says that the others are out of date.
const SECONDS_AHEAD: u64 = 60;

/// A block as one endpoint tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Header {
    number: U64,
    hash: B256,
    parent_hash: B256,
    timestamp: U64,
}

impl Header {
    pub(super) fn number(&self) -> u64 {
        self.number.to()
    }

    fn timestamp(&self) -> u64 {
        self.timestamp.to()
    }

    fn chosen(&self) -> Chosen {
        Chosen { number: self.number(), hash: self.hash, timestamp: self.timestamp() }
    }

    /// Whether this block or its parent is the chosen one.
    fn shows(&self, chosen: &Chosen) -> bool {
        (self.number(), self.hash) == (chosen.number, chosen.hash)
            || (self.number().checked_sub(1), self.parent_hash)
                == (Some(chosen.number), chosen.hash)
    }
}

/// The block that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) number: u64,
    pub(super) hash: B256,
    pub(super) timestamp: u64,
}

/// The highest block that so many endpoints show to have, from the newest block of each.
pub(super) fn choose<'h>(
    heads: impl Iterator<Item = &'h Header> + Clone,
    needed: u8,
) -> Option<Chosen> {
    let candidates = heads.clone().map(Header::chosen);
    candidates
        .filter(|chosen| heads.clone().filter(|head| head.shows(chosen)).count() >= needed.into())
        .max_by_key(|chosen| chosen.number)
}

/// The same from stretches of the chain, one for each endpoint.
pub(super) fn choose_ancestor(stretches: &[Vec<Header>], needed: u8) -> Option<Chosen> {
    let holders = |chosen: &Chosen| {
        stretches
            .iter()
            .filter(|stretch| stretch.iter().any(|header| header.chosen() == *chosen))
            .count()
    };
    stretches
        .iter()
        .flatten()
        .map(Header::chosen)
        .filter(|chosen| holders(chosen) >= needed.into())
        .max_by_key(|chosen| chosen.number)
}

/// The highest number that so many endpoints have reached.
pub(super) fn reached(heads: impl Iterator<Item = u64>, needed: u8) -> Option<u64> {
    let mut numbers: Vec<u64> = heads.collect();
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    numbers.get(usize::from(needed).checked_sub(1)?).copied()
}

/// Why an endpoint with this newest block is not asked about the chosen one, if it is not.
pub(super) fn objection(head: &Header, chosen: &Chosen) -> Option<Said> {
    let number = head.number();
    if number < chosen.number {
        return Some(Said::Behind { block: number });
    }
    let blocks = number - chosen.number;
    if blocks <= 1 && !head.shows(chosen) {
        let (height, found) =
            if blocks == 0 { (number, head.hash) } else { (chosen.number, head.parent_hash) };
        return Some(Said::Dissents {
            what: format!("its block {height} is {found}, not {}", chosen.hash),
        });
    }
    let seconds = head.timestamp().saturating_sub(chosen.timestamp);
    (blocks > BLOCKS_AHEAD && seconds > SECONDS_AHEAD).then(|| Said::Dissents {
        what: format!(
            "is at block {number}, {blocks} blocks and {seconds} seconds ahead of the others"
        ),
    })
}

/// What an endpoint says when no block was chosen.
pub(super) fn position(head: &Header) -> Said {
    Said::Dissents { what: format!("is at block {} {}", head.number(), head.hash) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of a fork; forks part after block 97.
    fn block(number: u64, fork: u8) -> Header {
        let hash = |number: u64| {
            let fork = if number <= 97 { 0 } else { fork };
            B256::with_last_byte(u8::try_from(number).unwrap()) | B256::right_padding_from(&[fork])
        };
        Header {
            number: U64::from(number),
            hash: hash(number),
            parent_hash: hash(number - 1),
            timestamp: U64::from(number * 12),
        }
    }

    fn chosen(heads: &[Header], needed: u8) -> Option<u64> {
        choose(heads.iter(), needed).map(|chosen| chosen.number)
    }

    #[test]
    fn the_highest_block_that_a_quorum_has_is_read() {
        let head = |number| block(number, 0);

        assert_eq!(chosen(&[head(100)], 1), Some(100));
        assert_eq!(chosen(&[head(100), head(100), head(99)], 2), Some(100));
        assert_eq!(chosen(&[head(101), head(100), head(90)], 2), Some(100), "by its parent");
        assert_eq!(chosen(&[head(101), head(100), head(100)], 3), Some(100));
    }

    #[test]
    fn without_a_shared_newest_block_nothing_is_chosen_from_them() {
        assert_eq!(chosen(&[block(100, 1), block(100, 2)], 2), None);
        assert_eq!(chosen(&[block(110, 0), block(100, 0)], 2), None);
        assert_eq!(chosen(&[], 1), None);
    }

    #[test]
    fn forks_meet_where_they_parted() {
        let stretch =
            |fork: u8| (90..=100).rev().map(|number| block(number, fork)).collect::<Vec<_>>();

        let ancestor = choose_ancestor(&[stretch(1), stretch(2)], 2).unwrap();

        assert_eq!(ancestor, block(97, 0).chosen());
        assert_eq!(choose_ancestor(&[stretch(1), stretch(1), stretch(2)], 2).unwrap().number, 100);
        assert_eq!(choose_ancestor(&[stretch(1), Vec::new()], 2), None);
    }

    #[test]
    fn who_has_another_block_or_is_far_away_is_named() {
        let chosen = block(100, 0).chosen();
        let said = |head: Header| objection(&head, &chosen);

        assert_eq!(said(block(100, 0)), None);
        assert_eq!(said(block(101, 0)), None);
        assert_eq!(said(block(104, 0)), None);
        assert_eq!(said(block(99, 0)), Some(Said::Behind { block: 99 }));
        for (head, words) in [
            (block(100, 1), "its block 100 is 0x01"),
            (block(101, 1), "its block 100 is 0x01"),
            (block(117, 0), "is at block 117, 17 blocks and 204 seconds ahead of the others"),
        ] {
            let Some(Said::Dissents { what }) = said(head) else { panic!("{words}") };
            assert!(what.starts_with(words), "{what}");
        }
    }

    #[test]
    fn a_quorum_has_reached_what_its_slowest_member_has() {
        assert_eq!(reached([7, 9, 3].into_iter(), 2), Some(7));
        assert_eq!(reached([7].into_iter(), 2), None);
    }
}
