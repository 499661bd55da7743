//! The timeline: one card for each event of the ledger, the newest on top. Only the cards in sight exist; they are a pool
//! that is pointed at other events, not made anew.

mod absences;
mod board;
mod detail;
mod keys;
mod missing;
mod row;
mod scroller;
mod toolbar;
mod view_model;

use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;
use phase8_shared::mission::MissionState;

use crate::format;
use crate::live::LiveMission;
use crate::pages::mission::deliverable::Reader;
use crate::pages::mission::timeline::absences::Absences;
use crate::pages::mission::timeline::board::Board;
use crate::pages::mission::timeline::detail::{CardDialog, HelpDialog};
use crate::pages::mission::timeline::scroller::Scroller;
use crate::pages::mission::timeline::toolbar::Toolbar;
use crate::pages::mission::timeline::view_model::Matches;
use crate::ui::Card;

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
    let board = Board::new(live, state);
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
