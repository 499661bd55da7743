//! What of the ledger is on the screen: the events that a filter lets through, and the window of them that is drawn.

use std::ops::Range;
use std::sync::Arc;

use phase8_shared::id::Seq;

use crate::live::Journal;
use phase8_shared::timeline::{Card, Lane};

/// What the reader wants to see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Filter {
    /// Only this lane.
    pub(crate) lane: Option<Lane>,
    /// Only cards with this text, in lower case.
    pub(crate) search: String,
}

impl Filter {
    fn takes(&self, journal: &Journal, seq: Seq) -> bool {
        let Some(event) = journal.event(seq) else { return false };
        let lane = self.lane.as_ref().is_none_or(|lane| Lane::of(journal, &event.payload) == *lane);
        lane && (self.search.is_empty()
            || Card::at(journal, seq).is_some_and(|card| card.matches(&self.search)))
    }
}

/// The events that a filter lets through, oldest first. New events are looked at once, not all over again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Matches {
    filter: Filter,
    seen: Seq,
    seqs: Arc<Vec<Seq>>,
}

impl Matches {
    /// The matches for a filter, going on from earlier ones where the filter is the same.
    pub(crate) fn of(journal: &Journal, filter: Filter, earlier: Option<&Self>) -> Self {
        let mut matches = match earlier {
            Some(earlier) if earlier.filter == filter && earlier.seen <= journal.last() => {
                earlier.clone()
            }
            _ => Self { filter, seen: Seq::ZERO, seqs: Arc::default() },
        };
        if matches.seen < journal.last() {
            let seqs = Arc::make_mut(&mut matches.seqs);
            while matches.seen < journal.last() {
                matches.seen = matches.seen.next();
                if matches.filter.takes(journal, matches.seen) {
                    seqs.push(matches.seen);
                }
            }
        }
        matches
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.seqs.len()
    }

    /// The event in a row; row 0 is the newest.
    pub(crate) fn row(&self, row: usize) -> Option<Seq> {
        self.seqs.get(self.len().checked_sub(row)?.checked_sub(1)?).copied()
    }

    /// The row of an event.
    pub(crate) fn row_of(&self, seq: Seq) -> Option<usize> {
        let place = self.seqs.binary_search(&seq).ok()?;
        self.len().checked_sub(place)?.checked_sub(1)
    }

    /// The event that is so many rows further down, held at the ends.
    pub(crate) fn neighbour(&self, from: Option<Seq>, rows_down: isize) -> Option<Seq> {
        let last = self.len().checked_sub(1)?;
        let row = match from.and_then(|seq| self.row_of(seq)) {
            Some(row) => row.saturating_add_signed(rows_down).min(last),
            None => 0,
        };
        self.row(row)
    }
}

/// Rows beyond each edge that are drawn too, so that scrolling shows no holes and finding in page works nearby.
const OVERSCAN: usize = 12;

/// The rows to draw: those in sight and some beyond.
pub(crate) fn window(total: usize, row_height: u32, scrolled: u32, height: u32) -> Range<usize> {
    let row_height = row_height.max(1);
    let first = usize::try_from(scrolled / row_height).unwrap_or(0).min(total);
    let in_sight = usize::try_from(height / row_height).unwrap_or(0).saturating_add(2);
    first.saturating_sub(OVERSCAN)
        ..first.saturating_add(in_sight).saturating_add(OVERSCAN).min(total)
}

/// Where to scroll so that a row is in sight; `None` if it is.
pub(crate) fn scroll_to(row: usize, row_height: u32, scrolled: u32, height: u32) -> Option<u32> {
    let top = u32::try_from(row).unwrap_or(u32::MAX).saturating_mul(row_height);
    let bottom = top.saturating_add(row_height);
    if top < scrolled {
        Some(top)
    } else if bottom > scrolled.saturating_add(height) {
        Some(bottom.saturating_sub(height))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::sample;

    fn lane(name: &str) -> Filter {
        Filter { lane: Some(Lane::Agent(sample::role(name))), ..Filter::default() }
    }

    #[test]
    fn the_newest_event_is_on_top() {
        let journal = sample::journal();
        let all = Matches::of(&journal, Filter::default(), None);

        assert_eq!(all.row(0), Some(journal.last()));
        assert_eq!(all.row_of(Seq(1)), Some(all.len() - 1));
        assert_eq!(all.row(all.len()), None);
    }

    #[test]
    fn a_filter_that_goes_on_finds_the_same_as_one_that_starts_over() {
        let journal = sample::journal();
        let part = sample::journal_of(sample::ledger().into_iter().take(7).collect());

        let earlier = Matches::of(&part, lane("planner"), None);
        let resumed = Matches::of(&journal, lane("planner"), Some(&earlier));

        assert_eq!(resumed, Matches::of(&journal, lane("planner"), None));
        assert!(resumed.len() > earlier.len());
    }

    #[test]
    fn lane_and_search_narrow_together() {
        let journal = sample::journal();
        let search = Filter { search: "blueprint".to_owned(), ..lane("planner") };

        let found = Matches::of(&journal, search, None);

        assert!(found.len() > 0);
        assert!(
            found.seqs.iter().all(|seq| Card::at(&journal, *seq).unwrap().matches("blueprint"))
        );
    }

    #[test]
    fn keys_move_within_what_is_shown_and_stop_at_the_ends() {
        let journal = sample::journal();
        let all = Matches::of(&journal, Filter::default(), None);

        assert_eq!(all.neighbour(None, 1), Some(journal.last()));
        assert_eq!(all.neighbour(Some(journal.last()), 1), Some(Seq(journal.last().0 - 1)));
        assert_eq!(all.neighbour(Some(journal.last()), -1), Some(journal.last()));
        assert_eq!(all.neighbour(Some(Seq(1)), 1), Some(Seq(1)));
    }

    #[test]
    fn ten_thousand_rows_draw_a_screenful() {
        let drawn = window(10_000, 60, 300_000, 600);

        assert!(drawn.contains(&5_000) && drawn.contains(&5_009));
        assert!(drawn.len() < 50);
        assert_eq!(window(3, 60, 0, 600), 0..3);
        assert_eq!(window(0, 60, 0, 600), 0..0);
    }

    #[test]
    fn a_row_out_of_sight_is_scrolled_to() {
        assert_eq!(scroll_to(0, 60, 120, 600), Some(0));
        assert_eq!(scroll_to(5, 60, 0, 600), None);
        assert_eq!(scroll_to(20, 60, 0, 600), Some(660));
    }
}
