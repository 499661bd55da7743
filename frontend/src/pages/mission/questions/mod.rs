//! What a mission asks people, and the buttons that answer it: each answer is signed in the person's wallet.

mod answering;
mod card;
#[cfg(test)]
mod tests;
mod view_model;

use std::collections::BTreeSet;
use std::sync::Arc;

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::id::Seq;
use phase8_shared::mission::MissionState;

use crate::api::{ClientError, use_system_handle};
use crate::lever::reads;
use crate::live::LiveMission;
use crate::pages::mission::deliverable::Reader;
use crate::pages::mission::questions::answering::Viewer;
use crate::pages::mission::questions::card::QuestionCard;
use crate::pages::mission::questions::view_model::{Row, rows};
use crate::ui::{Glyph, Icon, ProblemCard, Tone, use_toasts};
use crate::wallet::use_wallet;

/// What a question needs to know of its surroundings.
#[derive(Clone, Copy)]
struct Desk {
    live: LiveMission,
    reader: Reader,
    rows: Memo<Vec<Row>>,
    viewer: Memo<Viewer>,
    signed_here: RwSignal<BTreeSet<Seq>>,
}

impl Desk {
    fn row(self, question: Seq) -> Option<Row> {
        self.rows.with(|rows| rows.iter().find(|row| row.question == question).cloned())
    }
}

/// The open questions of a mission; nothing while there is none.
#[component]
pub(crate) fn Questions(
    /// The mission.
    live: LiveMission,
    /// Its state.
    state: Signal<Arc<MissionState>>,
    /// Where texts that were held back are read.
    reader: Reader,
) -> impl IntoView {
    let deployment = use_system_handle().deployment();
    let account = use_wallet().account();
    let signed_here = RwSignal::new(BTreeSet::new());
    let rows = Memo::new(move |_| live.with(rows));
    let any = Memo::new(move |_| rows.with(|rows| !rows.is_empty()));
    // Owner and guild are read only once somebody is asked.
    let people = LocalResource::new(move || {
        let deployment = any.get().then(|| deployment.get()).flatten();
        async move { Some(reads::owner_and_guild(&deployment?.contracts).await) }
    });
    let operator = Memo::new(move |_| state.with(|state| state.created.operator));
    let known =
        move || -> Option<(Address, Vec<Address>)> { people.get().flatten().and_then(Result::ok) };
    let viewer = Memo::new(move |_| Viewer::of(account.get(), operator.get(), known().as_ref()));
    let desk = Desk { live, reader, rows, viewer, signed_here };
    let count = move || rows.with(Vec::len);
    let ids = move || rows.with(|rows| rows.iter().map(|row| row.question).collect::<Vec<_>>());
    let trouble = move || people.get().flatten().and_then(Result::err);
    let retry = Callback::new(move |()| people.refetch());
    tell_answers(state, signed_here);
    view! {
        <Show when=move || any.get()>
            <section class="card approvals" aria-label="Questions" id="questions" data-testid="questions">
                <header class="card__head">
                    <h2 class="card__title" data-testid="questions-count" role="status">
                        <Icon glyph=Glyph::Sign />
                        {move || format!("Answer required ({})", count())}
                    </h2>
                </header>
                <div class="card__body">
                    {move || trouble().map(|error: ClientError| view! { <ProblemCard trouble=error on_retry=retry /> })}
                    <For each=ids key=|question| *question let:question>
                        <QuestionCard desk question />
                    </For>
                </div>
            </section>
        </Show>
    }
}

/// Says it once the ledger records an answer that was signed here: its card is gone by then.
fn tell_answers(state: Signal<Arc<MissionState>>, signed_here: RwSignal<BTreeSet<Seq>>) {
    let toasts = use_toasts();
    Effect::new(move |_| {
        let open: BTreeSet<Seq> = state.with(|state| state.questions.keys().copied().collect());
        let recorded: Vec<Seq> = signed_here.with(|mine| mine.difference(&open).copied().collect());
        for question in recorded {
            signed_here.update_untracked(|mine| {
                mine.remove(&question);
            });
            toasts.say(Tone::Ok, format!("The ledger records your answer to entry {question}."));
        }
    });
}
