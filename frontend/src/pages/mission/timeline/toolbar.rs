//! Lanes and search above the timeline.

use leptos::prelude::*;

use super::Board;
use crate::ui::{Button, ButtonKind, Glyph, Icon};
use phase8_shared::timeline::Lane;

/// The lanes to choose among, the search field, and help.
#[component]
pub(super) fn Toolbar(
    /// What the timeline shares.
    board: Board,
) -> impl IntoView {
    let search = move |event: web_sys::Event| {
        let text = event_target_value(&event).trim().to_lowercase();
        board.filter.update(|filter| filter.search = text);
    };
    let leave = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            board.filter.update(|filter| filter.search.clear());
            if let Some(input) = board.search.get_untracked() {
                input.set_value("");
                let _ = input.blur();
            }
        }
    };
    view! {
        <div class="toolbar">
            <div class="toolbar__lanes" role="group" aria-label="Lanes">
                <LaneButton board lane=None />
                <For each=move || board.lanes.get() key=Clone::clone let:lane>
                    <LaneButton board lane=Some(lane) />
                </For>
            </div>
            <label class="toolbar__search">
                <span class="visually-hidden">"Search the timeline"</span>
                <input
                    class="input"
                    type="search"
                    placeholder="Search  /"
                    data-testid="timeline-search"
                    node_ref=board.search
                    on:input=search
                    on:keydown=leave
                />
            </label>
            <Button kind=ButtonKind::Quiet name="Keys of the timeline" on_press=Callback::new(move |()| board.help.set(true))>
                <Icon glyph=Glyph::Unknown />
            </Button>
        </div>
    }
}

#[component]
fn LaneButton(board: Board, lane: Option<Lane>) -> impl IntoView {
    let label = lane.as_ref().map_or("all", Lane::label).to_owned();
    let name = label.clone();
    let place = lane.clone();
    let index = Memo::new(move |_| {
        place
            .as_ref()
            .and_then(|lane| board.lanes.with(|lanes| lanes.iter().position(|one| one == lane)))
    });
    let chosen = {
        let lane = lane.clone();
        move || board.filter.with(|filter| filter.lane == lane).to_string()
    };
    view! {
        <button
            type="button"
            class="toolbar__lane"
            data-testid="lane-filter"
            data-lane=name
            aria-pressed=chosen
            style:--lane=move || index.get().map(|index| index.to_string())
            on:click=move |_| board.filter.update(|filter| filter.lane.clone_from(&lane))
        >
            {label}
        </button>
    }
}
