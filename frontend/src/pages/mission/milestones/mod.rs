//! Milestones and payouts: what each pays, what it waits for, and every transfer once it is paid.

pub(crate) mod view_model;

use std::sync::Arc;

use leptos::prelude::*;
use phase8_shared::id::MilestoneIndex;
use phase8_shared::mission::MissionState;

use crate::live::LiveMission;
use crate::pages::mission::deliverable::{OpenDeliverable, Reader};
use crate::pages::mission::milestones::view_model::{Paid, Row, rows};
use crate::ui::{Card, CopyText, Disclosure, StatusPill, Tone};

/// The milestones of a mission.
#[component]
pub(crate) fn Milestones(
    /// The mission.
    live: LiveMission,
    /// Its state.
    state: Signal<Arc<MissionState>>,
    /// Where deliverables are read.
    reader: Reader,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let now = live.now();
        state.with(|state| rows(state, now))
    });
    let paid = move || {
        state.with(|state| format!("{} of {} paid", state.paid(), state.created.terms.reward))
    };
    let indexes = move || rows.with(|rows| rows.iter().map(|row| row.index).collect::<Vec<_>>());
    view! {
        <Card title="Milestones and payouts" id="milestones" tools=move || view! { <span class="number">{paid}</span> }>
            <ol class="milestones">
                <For each=indexes key=|index| *index let:index>
                    <Milestone rows index reader />
                </For>
            </ol>
        </Card>
    }
}

#[component]
fn Milestone(rows: Memo<Vec<Row>>, index: MilestoneIndex, reader: Reader) -> impl IntoView {
    let row =
        Memo::new(move |_| rows.with(|rows| rows.iter().find(|row| row.index == index).cloned()));
    let status = move || row.with(|row| row.as_ref().map(|row| row.status));
    let tone =
        Signal::derive(move || row.with(|row| row.as_ref().map_or(Tone::Unknown, |row| row.tone)));
    let words = Signal::derive(move || {
        row.with(|row| row.as_ref().map(|row| row.words.clone())).unwrap_or_default()
    });
    let name = move || row.with(|row| row.as_ref().map(|row| row.name.clone()));
    let payout = move || row.with(|row| row.as_ref().map(|row| row.payout.to_string()));
    let deliverable =
        Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| row.deliverable.clone())));
    let paid = Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| row.paid.clone())));
    view! {
        <li class="milestone" data-testid="milestone" data-status=status data-index=index.to_string()>
            <div class="milestone__head">
                <span class="milestone__name">{name}</span>
                <span class="milestone__payout number">{payout}</span>
            </div>
            <div class="milestone__line">
                <StatusPill tone label=words />
                {move || {
                    deliverable
                        .get()
                        .map(|it| view! { <OpenDeliverable reader commitment=it.commitment title=it.title /> })
                }}
            </div>
            {move || paid.get().map(|paid| view! { <Transfers paid /> })}
        </li>
    }
}

#[component]
fn Transfers(paid: Paid) -> impl IntoView {
    let Paid { amount, validators, transaction, block, transfers } = paid;
    view! {
        <p class="milestone__paid">
            {format!("{amount} to agents, {validators} to validators, in block {block} ")}
            <CopyText text=transaction.to_string() label="transaction hash" />
        </p>
        <Disclosure summary=crate::format::count(transfers.len(), "transfer", "transfers")>
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"To"</th>
                        <th scope="col" class="number">"Amount"</th>
                        <th scope="col">"For"</th>
                    </tr>
                </thead>
                <tbody>
                    {transfers
                        .into_iter()
                        .map(|(payee, amount, purpose)| {
                            view! {
                                <tr>
                                    <td><CopyText text=payee.to_string() label="payee" /></td>
                                    <td class="number">{amount.to_string()}</td>
                                    <td>{purpose}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </Disclosure>
    }
}
