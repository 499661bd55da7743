//! The window onto the cards: it draws those in sight, and holds still when others arrive on top.

use leptos::prelude::*;

use super::board::{Board, Sight};
use super::row::Row;
use super::view_model::{Filter, Matches, window};
use crate::ui::{EmptyState, Glyph};

/// The window onto the cards.
#[component]
pub(super) fn Scroller(
    /// What the timeline shares.
    board: Board,
) -> impl IntoView {
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
