//! What a mission asks people, and the buttons that answer it: each answer is signed in the person's wallet.

mod answering;
mod card;
mod choices;
#[cfg(test)]
mod tests;
mod trips;
mod view_model;

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::id::Seq;
use phase8_shared::mission::MissionState;

use crate::api::{ClientError, use_system_handle};
use crate::lever::reads;
use crate::live::LiveMission;
use crate::pages::mission::deliverable::Reader;
use crate::pages::mission::questions::answering::{UnderWay, Viewer};
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
    operator: Memo<Address>,
    /// The owner and the guild, once they are read.
    people: Memo<Option<(Address, Vec<Address>)>>,
    under_way: RwSignal<BTreeMap<Seq, UnderWay>>,
}

impl Desk {
    fn row(self, question: Seq) -> Option<Row> {
        self.rows.with(|rows| rows.iter().find(|row| row.question == question).cloned())
    }

    /// Whether the page is open and does not show the question any more.
    fn is_gone(self, question: Seq) -> bool {
        let asks = |rows: &Vec<Row>| rows.iter().any(|row| row.question == question);
        self.rows.try_with_untracked(asks) == Some(false)
    }

    fn may_any(self, row: &Row) -> bool {
        self.viewer.with(|viewer| row.choices.iter().any(|choice| viewer.may_give(choice.answer)))
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
    let under_way = RwSignal::new(BTreeMap::new());
    let rows = Memo::new(move |_| live.with(rows));
    let any = Memo::new(move |_| rows.with(|rows| !rows.is_empty()));
    // Owner and guild are read only once somebody is asked.
    let people = LocalResource::new(move || {
        let deployment = any.get().then(|| deployment.get()).flatten();
        async move { Some(reads::owner_and_guild(&deployment?.contracts).await) }
    });
    let operator = Memo::new(move |_| state.with(|state| state.created.operator));
    let trouble = move || people.get().flatten().and_then(Result::err);
    let retry = Callback::new(move |()| people.refetch());
    let people = Memo::new(move |_| people.get().flatten().and_then(Result::ok));
    let viewer = Memo::new(move |_| {
        let (account, operator) = (account.get(), operator.get());
        people.with(|people| Viewer::of(account, operator, people.as_ref()))
    });
    let desk = Desk { live, reader, rows, viewer, operator, people, under_way };
    let count = move || rows.with(Vec::len);
    let ids = move || rows.with(|rows| rows.iter().map(|row| row.question).collect::<Vec<_>>());
    tell_answers(live, under_way);
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

/// Says it once the ledger records an answer that was signed here: its card may be gone by then.
fn tell_answers(live: LiveMission, under_way: RwSignal<BTreeMap<Seq, UnderWay>>) {
    let toasts = use_toasts();
    Effect::new(move |_| {
        let recorded: Vec<Seq> = live.with(|journal| {
            let is_recorded = |(asked, mine): (&Seq, &UnderWay)| {
                mine.is_recorded(journal, *asked).then_some(*asked)
            };
            under_way.with(|all| all.iter().filter_map(is_recorded).collect())
        });
        for question in recorded {
            under_way.update(|all| {
                all.remove(&question);
            });
            toasts.say(Tone::Ok, format!("The ledger records your answer to entry {question}."));
        }
    });
}
