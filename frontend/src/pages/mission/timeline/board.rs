//! What the parts of the timeline share: the filter, the selection, what is in sight, and how they are moved.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use phase8_shared::id::Seq;
use phase8_shared::mission::MissionState;

use super::keys::Action;
use super::row;
use super::view_model::{Filter, Matches, scroll_to};
use crate::live::LiveMission;
use phase8_shared::timeline::Lane;

/// Below this width of the timeline a card takes three lines instead of one.
const NARROW: u32 = 640;
/// Height of a card, wide and narrow, in CSS pixels.
const ROW_HEIGHTS: (u32, u32) = (56, 98);

/// What of the timeline is in sight, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sight {
    /// Width of the timeline.
    pub(super) width: u32,
    /// Height of the timeline.
    pub(super) height: u32,
    /// How much of the cards has been scrolled away at the top.
    pub(super) scrolled: u32,
}

/// Everything the parts of the timeline share.
#[derive(Clone, Copy)]
pub(crate) struct Board {
    /// The mission.
    pub(super) live: LiveMission,
    /// What the reader wants to see.
    pub(super) filter: RwSignal<Filter>,
    /// The events that fit that.
    pub(super) matches: Memo<Matches>,
    /// The lanes there are.
    pub(super) lanes: Memo<Vec<Lane>>,
    /// The selected card.
    pub(super) selected: RwSignal<Option<Seq>>,
    /// The event that is open in full.
    pub(super) opened: RwSignal<Option<Seq>>,
    /// Whether the list of keys is open.
    pub(super) help: RwSignal<bool>,
    /// What is in sight.
    pub(super) sight: RwSignal<Sight>,
    /// The element that scrolls the cards.
    pub(super) scroller: NodeRef<html::Div>,
    /// The search field.
    pub(super) search: NodeRef<html::Input>,
}

impl Board {
    /// The board of a mission.
    pub(super) fn new(live: LiveMission, state: Signal<Arc<MissionState>>) -> Self {
        let filter = RwSignal::new(Filter::default());
        let matches = Memo::new(move |earlier: Option<&Matches>| {
            let filter = filter.get();
            live.with(|journal| Matches::of(journal, filter, earlier))
        });
        Self {
            live,
            filter,
            matches,
            lanes: Memo::new(move |_| state.with(|state| Lane::all(state))),
            selected: RwSignal::new(None),
            opened: RwSignal::new(None),
            help: RwSignal::new(false),
            sight: RwSignal::new(Sight { width: 1_000, height: 600, scrolled: 0 }),
            scroller: NodeRef::new(),
            search: NodeRef::new(),
        }
    }

    /// Height of a card, in CSS pixels.
    pub(super) fn row_height(self) -> u32 {
        if self.is_narrow() { ROW_HEIGHTS.1 } else { ROW_HEIGHTS.0 }
    }

    /// Whether a card takes three lines.
    pub(super) fn is_narrow(self) -> bool {
        self.sight.read().width < NARROW
    }

    /// Looks at the layout again.
    pub(super) fn measure(self) {
        if let Some(scroller) = self.scroller.get_untracked() {
            let size = |pixels: i32| u32::try_from(pixels).unwrap_or(0);
            let seen = Sight {
                width: size(scroller.client_width()),
                height: size(scroller.client_height()),
                scrolled: size(scroller.scroll_top()),
            };
            if self.sight.get_untracked() != seen {
                self.sight.set(seen);
            }
        }
    }

    /// Scrolls so that this much is away at the top.
    pub(super) fn scroll(self, top: u32) {
        if let Some(scroller) = self.scroller.get_untracked() {
            scroller.set_scroll_top(i32::try_from(top).unwrap_or(i32::MAX));
            self.measure();
        }
    }

    /// Selects a card and brings it into sight and focus.
    fn select(self, seq: Seq) {
        self.selected.set(Some(seq));
        let Sight { height, scrolled, .. } = self.sight.get_untracked();
        let row = self.matches.with_untracked(|matches| matches.row_of(seq));
        let target =
            row.and_then(|row| scroll_to(row, untrack(|| self.row_height()), scrolled, height));
        if let Some(top) = target {
            self.scroll(top);
        }
        request_animation_frame(move || row::focus(seq));
    }

    /// Does what a key asks for.
    pub(super) fn act(self, action: Action) {
        match action {
            Action::Move(rows) => {
                let next = self.matches.with_untracked(|matches| {
                    matches.neighbour(self.selected.get_untracked(), rows)
                });
                if let Some(next) = next {
                    self.select(next);
                }
            }
            Action::Open => {
                if let Some(selected) = self.selected.get_untracked() {
                    self.opened.set(Some(selected));
                }
            }
            Action::Search => {
                if let Some(search) = self.search.get_untracked() {
                    let _ = search.focus();
                    search.select();
                }
            }
            Action::Help => self.help.set(true),
        }
    }
}
