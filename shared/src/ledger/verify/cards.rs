//! What holds for the cards of any log: their hashes, their order, their number, and the heads that speak of them.

use super::{BadCard, Check};
use crate::id::Seq;
use crate::ledger::{HashTree, LeafHash, TreeHead, leaf_hash};

/// The cards of one log, hashed anew as they come.
#[derive(Debug, Clone, Default)]
pub struct Cards {
    /// Of the bytes.
    tree: HashTree,
    /// Of the leaf hashes that were kept beside them.
    kept: HashTree,
    /// Heads that are told by somebody, and by whom.
    heads: Vec<(String, TreeHead)>,
    bad: Option<BadCard>,
}

impl Cards {
    /// Takes the next card's bytes and answers where it stands.
    pub fn push(&mut self, bytes: &[u8]) -> Seq {
        self.tree.push(leaf_hash(bytes));
        Seq(self.tree.size())
    }

    /// Takes the next leaf hash that was kept beside the cards.
    pub fn push_kept(&mut self, leaf: LeafHash) {
        self.kept.push(leaf);
    }

    /// Notes that a card says of itself that it stands elsewhere.
    pub fn is_numbered(&mut self, place: Seq, number: Seq) {
        if place != number {
            self.blame(BadCard::at(
                place,
                format!("card {number} stands in its place: one was removed, doubled or moved"),
            ));
        }
    }

    /// Notes a card that cannot be believed. Of two the earlier stays, and of a card and a range around it the card.
    pub fn blame(&mut self, bad: BadCard) {
        let is_earlier = |known: &BadCard| {
            bad.last < known.last || (bad.last == known.last && bad.first > known.first)
        };
        if self.bad.as_ref().is_none_or(is_earlier) {
            self.bad = Some(bad);
        }
    }

    /// Notes a head that somebody tells of this log.
    pub fn told(&mut self, by: impl Into<String>, head: TreeHead) {
        self.heads.push((by.into(), head));
    }

    /// The head that the log had at this size.
    pub fn head_at(&self, size: u64) -> Option<TreeHead> {
        self.tree.head_at(size)
    }

    /// Cards so far.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Compares everything with the head that counts, and who it is told by.
    pub fn check(mut self, by: &str, head: TreeHead) -> (Vec<Check>, Option<BadCard>) {
        let found = self.tree.head();
        let is_whole = found == head;
        if !is_whole {
            self.find_bad(by, head);
        }
        let mut checks = vec![Check::holds(
            "the cards",
            self.bad.is_none(),
            format!("{}, numbered from 1 without a gap", found.size),
            format!("{}, as {by} says", head.size),
        )];
        checks.push(Check::same("the root over every card", line(found), line(head)));
        if self.kept.size() > 0 {
            checks.push(self.check_kept(is_whole));
        }
        if !self.heads.is_empty() {
            checks.push(self.check_heads());
        }
        (checks, self.bad)
    }

    /// The kept hashes are compared one by one: they name the card whose bytes were changed.
    fn check_kept(&mut self, is_whole: bool) -> Check {
        const WHAT: &str = "the leaf hashes kept beside the cards";
        let differs = self.first_difference();
        if let Some(seq) = differs.filter(|_| is_whole) {
            self.blame(BadCard::at(seq, "the hash that is kept beside it is another"));
        }
        let found = differs.map_or_else(
            || format!("{} of {}", self.kept.size(), self.tree.size()),
            |seq| format!("another one at card {seq}"),
        );
        Check::holds(WHAT, differs.is_none(), found, "those of the cards")
    }

    /// Where cards and kept hashes part.
    fn first_difference(&self) -> Option<Seq> {
        let (ours, kept) = (self.tree.leaves(), self.kept.leaves());
        let same = ours.iter().zip(kept).take_while(|(ours, kept)| ours == kept).count();
        let is_all = same == ours.len() && same == kept.len();
        (!is_all).then_some(Seq(same as u64 + 1))
    }

    /// Heads that cards, anchors and earlier checkpoints tell.
    fn check_heads(&mut self) -> Check {
        const WHAT: &str = "earlier heads of this log";
        let wrong = self.heads.iter().find(|(_, head)| self.tree.head_at(head.size) != Some(*head));
        let found = match wrong {
            None => format!("{} of {} are its own", self.heads.len(), self.heads.len()),
            Some((by, head)) => {
                let ours = self.tree.head_at(head.size);
                format!(
                    "{by} tells {}; here it is {}",
                    line(*head),
                    ours.map_or_else(|| "shorter".to_owned(), line)
                )
            }
        };
        let is_ok = wrong.is_none();
        if let Some((by, head)) = wrong.cloned() {
            let bad = if head.size > self.tree.size() {
                let why = format!("it is missing; {by} knows {} cards", head.size);
                BadCard::at(Seq(self.tree.size() + 1), why)
            } else {
                self.between(&[], format!("the cards do not have the root that {by} tells"))
            };
            self.blame(bad);
        }
        Check::holds(WHAT, is_ok, found, "each is the root of the cards up to there")
    }

    /// Names the first card that is not as it was when the head was made, as exactly as what is known allows.
    fn find_bad(&mut self, by: &str, head: TreeHead) {
        // Kept hashes that have the head's root are those of the true cards.
        if self.kept.head() == head
            && let Some(seq) = self.first_difference()
        {
            let why = if seq.0 > self.tree.size() {
                format!("it is missing; {by} knows {} cards", head.size)
            } else if seq.0 > head.size {
                format!("nobody knows of it; {by} knows {} cards", head.size)
            } else {
                "its bytes are not those that were hashed when it was written".to_owned()
            };
            self.blame(BadCard::at(seq, why));
            return;
        }
        let why = format!("the cards do not have the root that {by} tells");
        let bad = if self.tree.size() < head.size {
            let missing = Seq(self.tree.size() + 1);
            let why = format!("it is missing; {by} knows {} cards", head.size);
            let earlier = self.between(&[], why.clone());
            if earlier.last <= Seq(self.tree.size()) { earlier } else { BadCard::at(missing, why) }
        } else if self.tree.head_at(head.size) == Some(head) {
            let why = format!("nobody knows of it; {by} knows {} cards", head.size);
            BadCard::at(Seq(head.size + 1), why)
        } else {
            self.between(&[head], why)
        };
        self.blame(bad);
    }

    /// The cards between the last head that is right and the first that is not.
    fn between(&self, more: &[TreeHead], why: impl Into<String>) -> BadCard {
        let heads = self.heads.iter().map(|(_, head)| head).chain(more);
        let (mut right, mut wrong) = (0, None::<u64>);
        let mut sorted: Vec<&TreeHead> =
            heads.filter(|head| head.size <= self.tree.size()).collect();
        sorted.sort_by_key(|head| head.size);
        for head in sorted {
            if self.tree.head_at(head.size) == Some(*head) {
                right = right.max(head.size);
            } else if wrong.is_none() {
                wrong = Some(head.size);
            }
        }
        let last = wrong.unwrap_or(self.tree.size() + 1);
        BadCard { first: Seq((right + 1).min(last)), last: Seq(last), why: why.into() }
    }
}

fn line(head: TreeHead) -> String {
    format!("{} cards, root {}", head.size, head.root)
}
