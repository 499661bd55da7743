//! One event in full, and the timeline's keys.

use leptos::prelude::*;
use phase8_shared::id::Seq;
use phase8_shared::mission::Payload;

use super::Board;
use crate::pages::mission::deliverable::{OpenDeliverable, Reader};
use crate::ui::{CopyText, Dialog, Disclosure, StatusPill};
use phase8_shared::timeline::{Card, evidence};

/// The event that is open, with every value it holds.
#[component]
pub(super) fn CardDialog(
    /// What the timeline shares.
    board: Board,
    /// Where deliverables are read.
    reader: Reader,
) -> impl IntoView {
    let open = Signal::derive(move || board.opened.get().is_some());
    let close = Callback::new(move |()| board.opened.set(None));
    view! {
        <Dialog open title="Event" testid="event-detail" on_close=close>
            {move || board.opened.get().map(|seq| view! { <Detail board reader seq /> })}
        </Dialog>
    }
}

#[component]
fn Detail(board: Board, reader: Reader, seq: Seq) -> impl IntoView {
    let card = Memo::new(move |_| board.live.with(|journal| Card::at(journal, seq)));
    let event = board.live.with_untracked(|journal| journal.event(seq).cloned()).flatten();
    let json = event
        .as_ref()
        .and_then(|event| serde_json::to_string_pretty(event).ok())
        .unwrap_or_default();
    let evidence = event.as_ref().and_then(|event| evidence(&event.payload).copied());
    let deliverable = event.and_then(|event| {
        let Payload::DeliverableRecorded { commitment, title, .. } = event.payload else {
            return None;
        };
        Some((commitment, title))
    });
    view! {
        {move || card.get().map(|card| view! { <Facts card /> })}
        {evidence
            .map(|evidence| {
                view! {
                    <dl class="facts">
                        <dt>"Chain"</dt>
                        <dd>{evidence.chain_id}</dd>
                        <dt>"Block"</dt>
                        <dd>{format!("{}, log {} ", evidence.block_number, evidence.log_index)}<CopyText text=evidence.block_hash.to_string() label="block hash" /></dd>
                    </dl>
                }
            })}
        {deliverable.map(|(commitment, title)| view! { <OpenDeliverable reader commitment title /> })}
        <Disclosure summary="The event as the ledger holds it">
            <pre class="raw">{json}</pre>
        </Disclosure>
    }
}

#[component]
fn Facts(card: Card) -> impl IntoView {
    let name = card.accessible_name();
    let Card {
        seq,
        kind_words,
        status,
        tone,
        lane,
        who,
        title,
        detail,
        cost,
        duration,
        mission_time,
        at,
        evidence,
        ..
    } = card;
    let optional = |name: &'static str, value: Option<String>| {
        value.map(|value| {
            view! {
                <dt>{name}</dt>
                <dd>{value}</dd>
            }
        })
    };
    view! {
        <div class="detail" aria-label=name role="group">
            <p class="detail__head">
                <StatusPill tone label=format!("{kind_words}: {status}") />
                <span class="number">{format!("#{seq}")}</span>
            </p>
            <p class="detail__title">{title}</p>
            {(!detail.is_empty()).then(|| view! { <p class="detail__more">{detail}</p> })}
            <dl class="facts">
                <dt>"Lane"</dt>
                <dd>{lane.label().to_owned()}</dd>
                <dt>"By"</dt>
                <dd>{who}</dd>
                {optional("Cost", cost)}
                {optional("Took", duration)}
                <dt>"Mission time"</dt>
                <dd>{mission_time}</dd>
                <dt>"Wall time"</dt>
                <dd>{at.to_string()}</dd>
                {evidence
                    .into_iter()
                    .map(|(name, value)| {
                        view! {
                            <dt class="detail__proof">{name}</dt>
                            <dd><CopyText text=value label=name /></dd>
                        }
                    })
                    .collect_view()}
            </dl>
        </div>
    }
}

/// The keys of the timeline.
#[component]
pub(super) fn HelpDialog(
    /// What the timeline shares.
    board: Board,
) -> impl IntoView {
    const KEYS: [(&str, &str); 6] = [
        ("j", "the next card, further back in time"),
        ("k", "the card before, nearer to now"),
        ("Enter", "open the selected card"),
        ("/", "search"),
        ("Esc", "leave the search, close a dialog"),
        ("?", "this list"),
    ];
    let close = Callback::new(move |()| board.help.set(false));
    view! {
        <Dialog open=board.help title="Keys of the timeline" testid="timeline-help" on_close=close>
            <dl class="facts">
                {KEYS
                    .map(|(key, words)| {
                        view! {
                            <dt><kbd>{key}</kbd></dt>
                            <dd>{words}</dd>
                        }
                    })
                    .collect_view()}
            </dl>
        </Dialog>
    }
}
