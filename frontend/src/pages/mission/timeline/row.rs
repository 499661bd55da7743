//! One card of the pool: it shows whichever event stands in its row now.

use leptos::prelude::*;
use phase8_shared::id::Seq;
use wasm_bindgen::JsCast;

use super::Board;
use super::view_model::Matches;
use crate::ui::{CopyText, Glyph, Icon, Tone};
use phase8_shared::timeline::Card;

/// Moves the focus to an event's card, if it is drawn.
pub(super) fn focus(seq: Seq) {
    let card = document().get_element_by_id(&format!("event-{seq}"));
    if let Some(card) = card.and_then(|card| card.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = card.focus();
    }
}

/// A card of the pool.
#[component]
pub(super) fn Row(
    /// What the timeline shares.
    board: Board,
    /// The first row that is drawn.
    first: Memo<usize>,
    /// The place in the pool.
    place: usize,
) -> impl IntoView {
    let row = Memo::new(move |_| first.get().saturating_add(place));
    let card = Memo::new(move |_| {
        let seq = board.matches.with(|matches| matches.row(row.get()))?;
        board.live.with(|journal| Card::at(journal, seq))
    });
    let read = move |read: fn(&Card) -> String| {
        move || card.with(|card| card.as_ref().map(read)).unwrap_or_default()
    };
    let seq = Memo::new(move |_| card.with(|card| card.as_ref().map(|card| card.seq)));
    let tone =
        Signal::derive(move || card.with(|card| card.as_ref().map_or(Tone::Off, |card| card.tone)));
    let selected = move || seq.get().is_some() && board.selected.get() == seq.get();
    let lane = Memo::new(move |_| {
        let lane = card.with(|card| card.as_ref().map(|card| card.lane.clone()));
        board
            .lanes
            .with(|lanes| lanes.iter().position(|one| Some(one) == lane.as_ref()))
            .unwrap_or(0)
    });
    let evidence = Memo::new(move |_| {
        card.with(|card| card.as_ref().and_then(|card| card.evidence.first().cloned()))
    });
    let open = move |_| {
        board.selected.set(seq.get_untracked());
        board.opened.set(seq.get_untracked());
    };
    let class = move || format!("event tone--{}", tone.get().as_str());
    let shift = move || {
        format!(
            "translateY({}px)",
            u32::try_from(row.get()).unwrap_or(0).saturating_mul(board.row_height())
        )
    };
    view! {
        <article
            class=class
            class:event--selected=selected
            id=move || seq.get().map(|seq| format!("event-{seq}"))
            hidden=move || seq.get().is_none()
            tabindex="-1"
            aria-label=read(Card::accessible_name)
            aria-posinset=move || (row.get() + 1).to_string()
            aria-setsize=move || board.matches.with(Matches::len).to_string()
            data-testid="timeline-card"
            data-kind=read(|card| card.kind.to_owned())
            data-seq=read(|card| card.seq.to_string())
            data-lane=read(|card| card.lane.label().to_owned())
            style:transform=shift
            style:--lane=move || lane.get().to_string()
        >
            <span class="event__track" aria-hidden="true"></span>
            <span class="event__status">
                <Icon glyph=Signal::derive(move || Glyph::from(tone.get())) />
                <span class="event__kind">{read(|card| card.kind_words.to_owned())}</span>
                <span class="event__word">{read(|card| card.status.to_owned())}</span>
            </span>
            <span class="event__main">
                <button type="button" class="event__title" on:click=open>{read(|card| card.title.clone())}</button>
                <span class="event__more">
                    <span class="event__who">{read(|card| card.who.clone())}</span>
                    <span class="event__detail">{read(|card| card.detail.clone())}</span>
                    {move || evidence.get().map(|(label, value)| view! { <CopyText text=value label=label /> })}
                </span>
            </span>
            <span class="event__cost number">
                <span>{read(|card| card.cost.clone().unwrap_or_default())}</span>
                <span class="event__lasted">{read(|card| card.duration.as_ref().map(|it| format!("took {it}")).unwrap_or_default())}</span>
            </span>
            <span class="event__time number">
                <span>{read(|card| card.mission_time.clone())}</span>
                <time class="event__wall" datetime=read(|card| card.at.to_string()) title=read(|card| card.at.to_string())>
                    {read(|card| clock(&card.at.to_string()))}
                </time>
            </span>
            <span class="event__quiet">{read(|card| card.quiet.as_ref().map(|it| format!("after {it} of quiet")).unwrap_or_default())}</span>
        </article>
    }
}

/// `06:37:00` of the machine's form.
fn clock(text: &str) -> String {
    text.get(11..19).unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_clock_is_shown_to_the_second() {
        assert_eq!(clock("2026-11-23T06:37:05Z"), "06:37:05");
    }
}
