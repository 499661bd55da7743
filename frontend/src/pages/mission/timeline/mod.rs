//! The timeline: one card for each event of the ledger, the newest on top. Only the cards in sight exist; they are a pool
//! that is pointed at other events, not made anew.

pub(crate) mod card;
mod detail;
mod keys;
mod kind;
mod lane;
mod missing;
mod row;
mod toolbar;
mod view_model;

use std::sync::Arc;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use phase8_shared::id::Seq;
use phase8_shared::mission::MissionState;

use crate::format;
use crate::live::LiveMission;
use crate::pages::mission::deliverable::Reader;
use crate::pages::mission::timeline::detail::{CardDialog, HelpDialog};
use crate::pages::mission::timeline::keys::Action as KeyAction;
use crate::pages::mission::timeline::lane::Lane;
use crate::pages::mission::timeline::missing::{Missing, missing};
use crate::pages::mission::timeline::row::Row;
use crate::pages::mission::timeline::toolbar::Toolbar;
use crate::pages::mission::timeline::view_model::{Filter, Matches, scroll_to, window};
use crate::ui::{Card, EmptyState, Glyph, Icon};

/// Below this width of the timeline a card takes three lines instead of one.
const NARROW: u32 = 640;
/// Height of a card, wide and narrow, in CSS pixels.
const ROW_HEIGHTS: (u32, u32) = (56, 98);

/// What of the timeline is in sight, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sight {
    width: u32,
    height: u32,
    scrolled: u32,
}

/// Everything the parts of the timeline share.
#[derive(Clone, Copy)]
pub(crate) struct Board {
    live: LiveMission,
    filter: RwSignal<Filter>,
    matches: Memo<Matches>,
    lanes: Memo<Vec<Lane>>,
    selected: RwSignal<Option<Seq>>,
    opened: RwSignal<Option<Seq>>,
    help: RwSignal<bool>,
    sight: RwSignal<Sight>,
    scroller: NodeRef<html::Div>,
    search: NodeRef<html::Input>,
}

impl Board {
    fn row_height(self) -> u32 {
        if self.is_narrow() { ROW_HEIGHTS.1 } else { ROW_HEIGHTS.0 }
    }

    fn is_narrow(self) -> bool {
        self.sight.read().width < NARROW
    }

    fn measure(self) {
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

    fn scroll(self, top: u32) {
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

    fn act(self, action: KeyAction) {
        match action {
            KeyAction::Move(rows) => {
                let next = self.matches.with_untracked(|matches| {
                    matches.neighbour(self.selected.get_untracked(), rows)
                });
                if let Some(next) = next {
                    self.select(next);
                }
            }
            KeyAction::Open => {
                if let Some(selected) = self.selected.get_untracked() {
                    self.opened.set(Some(selected));
                }
            }
            KeyAction::Search => {
                if let Some(search) = self.search.get_untracked() {
                    let _ = search.focus();
                    search.select();
                }
            }
            KeyAction::Help => self.help.set(true),
        }
    }
}

/// The timeline of a mission.
#[component]
pub(crate) fn Timeline(
    /// The mission.
    live: LiveMission,
    /// Its state.
    state: Signal<Arc<MissionState>>,
    /// Where deliverables are read.
    reader: Reader,
) -> impl IntoView {
    let filter = RwSignal::new(Filter::default());
    let matches = Memo::new(move |earlier: Option<&Matches>| {
        let filter = filter.get();
        live.with(|journal| Matches::of(journal, filter, earlier))
    });
    let board = Board {
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
    };
    let keys = window_event_listener(ev::keydown, move |event| {
        if let Some(action) = keys::action(&event) {
            event.prevent_default();
            board.act(action);
        }
    });
    let resize = window_event_listener(ev::resize, move |_| board.measure());
    on_cleanup(move || {
        keys.remove();
        resize.remove();
    });
    view! {
        <Card
            title="Timeline"
            id="timeline"
            testid="timeline"
            tools=move || view! { <Counts board /> }
        >
            <Toolbar board />
            <Absences live state />
            <Scroller board />
        </Card>
        <CardDialog board reader />
        <HelpDialog board />
    }
}

/// How many events there are; told to screen readers every few seconds, not at each one.
#[component]
fn Counts(board: Board) -> impl IntoView {
    let words = move || {
        let all = usize::try_from(board.live.version().get().0).unwrap_or(usize::MAX);
        let shown = board.matches.with(Matches::len);
        let events = format::count(all, "event", "events");
        if shown == all { events } else { format!("{shown} of {events}") }
    };
    let now = board.live.now_signal();
    let calm = Memo::new(move |_| now.get().unix_seconds() / 8);
    let told = Memo::new(move |_| {
        calm.track();
        untrack(words)
    });
    view! {
        <span class="number" aria-hidden="true">{words}</span>
        <span class="visually-hidden" role="status" data-testid="event-count">{told}</span>
    }
}

/// Cards for what did not happen.
#[component]
fn Absences(live: LiveMission, state: Signal<Arc<MissionState>>) -> impl IntoView {
    let absences = Memo::new(move |_| {
        let now = live.now();
        state.with(|state| missing(state, now))
    });
    view! {
        <ul class="absences">
            <For each=move || absences.get() key=|one| (one.kind, one.id.clone(), one.title.clone()) let:one>
                {
                    let name = one.accessible_name();
                    let Missing { kind, tone, title, detail, .. } = one;
                    view! {
                        <li class=format!("absence tone--{}", tone.as_str()) data-testid="timeline-card" data-kind=kind aria-label=name>
                            <Icon glyph=tone.glyph() />
                            <strong>{title}</strong>
                            <span class="absence__detail">{detail}</span>
                        </li>
                    }
                }
            </For>
        </ul>
    }
}

/// The window onto the cards.
#[component]
fn Scroller(board: Board) -> impl IntoView {
    let drawn = Memo::new(move |_| {
        let Sight { height, scrolled, .. } = board.sight.get();
        window(board.matches.with(Matches::len), board.row_height(), scrolled, height)
    });
    let first = Memo::new(move |_| drawn.with(|drawn| drawn.start));
    // The pool only grows: a slot that is not needed shows nothing.
    let pool = Memo::new(move |before: Option<&usize>| {
        drawn.with(ExactSizeIterator::len).max(before.copied().unwrap_or(0))
    });
    let total = Memo::new(move |_| board.matches.with(Matches::len));
    let space = move || {
        let rows = u32::try_from(total.get()).unwrap_or(u32::MAX);
        format!("{}px", rows.saturating_mul(board.row_height()))
    };
    // Touches the scroll position: who reads further down stays where they are when cards arrive on top.
    Effect::new(move |before: Option<(Filter, usize)>| {
        let (filter, total) = (board.filter.get(), total.get());
        if let Some((earlier, count)) = before {
            let scrolled = board.sight.get_untracked().scrolled;
            if earlier != filter {
                board.scroll(0);
            } else if scrolled > 0 && total > count {
                let added = u32::try_from(total.saturating_sub(count)).unwrap_or(0);
                let height = untrack(|| board.row_height());
                board.scroll(scrolled.saturating_add(added.saturating_mul(height)));
            }
        }
        (filter, total)
    });
    // Touches the layout: the size is known once the element is there.
    Effect::new(move |_| {
        if board.scroller.get().is_some() {
            request_animation_frame(move || board.measure());
        }
    });
    view! {
        <div
            class="timeline"
            class:timeline--narrow=move || board.is_narrow()
            node_ref=board.scroller
            role="feed"
            aria-label="Events, the newest first"
            tabindex="0"
            on:scroll=move |_| board.measure()
            style:--row=move || format!("{}px", board.row_height())
            style:--lanes=move || board.lanes.with(Vec::len).to_string()
        >
            <div class="timeline__space" style:block-size=space>
                <For each=move || 0..pool.get() key=|slot| *slot let:slot>
                    <Row board first place=slot />
                </For>
            </div>
            <Show when=move || total.get() == 0>
                <EmptyState title="No event fits" text="Clear the search or choose another lane." glyph=Glyph::List />
            </Show>
        </div>
    }
}
