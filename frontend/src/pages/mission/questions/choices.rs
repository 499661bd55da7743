//! The answers of a question, each with what it leads to and who may give it.

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::id::Seq;
use phase8_shared::mission::{Answer, AnswerRole};

use super::Desk;
use super::answering::{Viewer, takes};
use super::view_model::{Choice, Row};
use crate::pages::mission::approvals::Outside;
use crate::ui::{Button, ButtonKind, CopyText, Disclosure, Glyph, Icon};

/// The answers, and the lever that answers too.
#[component]
pub(super) fn Choices(
    desk: Desk,
    row: Memo<Option<Row>>,
    give: Callback<Answer>,
    busy: Signal<bool>,
    unpriced: Signal<bool>,
) -> impl IntoView {
    let choices = move || row.get().map(|row| row.choices).unwrap_or_default();
    let cap = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.cap)));
    view! {
        <ul class="answers" aria-label="Answers">
            <For each=choices key=|choice| (choice.label, choice.leads_to.clone()) let:choice>
                <AnswerButton desk choice give busy unpriced />
            </For>
            <Show when=move || cap.get()>
                <li class="answers__one" data-answer="raise-cap">
                    <a class="button" href="#levers">
                        <Icon glyph=Glyph::Wallet />
                        "Raise the cap"
                    </a>
                    <span class="answers__words">
                        "The mission goes on with all of its work: the owner signs a higher cap at the lever Budget Cap, and it counts \
                         once guardians have had their time to object. Only the owner can do this."
                    </span>
                </li>
            </Show>
        </ul>
    }
}

/// One answer.
#[component]
fn AnswerButton(
    desk: Desk,
    choice: Choice,
    give: Callback<Answer>,
    busy: Signal<bool>,
    unpriced: Signal<bool>,
) -> impl IntoView {
    let Choice { answer, label, leads_to } = choice;
    let press = Callback::new(move |()| give.run(answer));
    let may = Memo::new(move |_| desk.viewer.with(|viewer| viewer.may_give(answer)));
    let disabled = Signal::derive(move || !may.get() || unpriced.get());
    let kind = match answer {
        Answer::Stop {} => ButtonKind::Danger,
        Answer::FinishStep {}
        | Answer::Resume {}
        | Answer::FalseAlarm {}
        | Answer::CheckIn {}
        | Answer::Reconcile { .. } => ButtonKind::Secondary,
    };
    let who = move || (!may.get()).then(|| format!(" {}", takes(answer)));
    view! {
        <li class="answers__one" data-answer=name(answer)>
            <Button kind on_press=press disabled busy testid="answer">
                <Icon glyph=Glyph::Sign />
                {label}
            </Button>
            <span class="answers__words">{super::trips::sentence(&leads_to)}{who}</span>
        </li>
    }
}

/// The answer's name, without what is reconciled.
fn name(answer: Answer) -> String {
    let words = answer.to_string();
    words.split(':').next().unwrap_or_default().to_owned()
}

/// For whoever may give none of the answers: who may, and the way to another account.
#[component]
pub(super) fn WhoMay(desk: Desk, question: Seq) -> impl IntoView {
    let roles = Memo::new(move |_| {
        let row = desk.row(question);
        let choices = row.map(|row| row.choices).unwrap_or_default();
        let mut roles: Vec<AnswerRole> =
            choices.iter().flat_map(|choice| choice.answer.may_be_given_by()).copied().collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    });
    let seats = move |role: AnswerRole| -> (&'static str, Vec<Address>) {
        let operator = desk.operator.get();
        let (owner, guild) = desk.people.get().unwrap_or_default();
        match role {
            AnswerRole::Owner => ("Owner", vec![owner]),
            AnswerRole::Operator => ("Operator", vec![operator]),
            AnswerRole::Validator => {
                ("Guild", guild.into_iter().filter(|seat| *seat != operator).collect())
            }
        }
    };
    let list = move || {
        let people = desk.people.with(Option::is_some);
        let roles = roles.get().into_iter().filter(|role| people || *role == AnswerRole::Operator);
        roles
            .map(|role| {
                let (name, seats) = seats(role);
                let seats = seats.into_iter().map(|seat| {
                    view! { <CopyText text=seat.to_string() label=name.to_lowercase() /> }
                });
                view! {
                    <dt>{name}</dt>
                    <dd class="approval__seats">{seats.collect_view()}</dd>
                }
            })
            .collect_view()
    };
    view! {
        <div class="question__who" data-testid="question-who">
            {move || view! { <Outside words=desk.viewer.with(Viewer::outside) /> }}
            <Disclosure summary="Who may answer">
                <dl class="facts">{list}</dl>
            </Disclosure>
        </div>
    }
}
