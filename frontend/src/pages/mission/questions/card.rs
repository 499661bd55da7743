//! One question: what happened, what each answer leads to, and the buttons.

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::api::AnswerQuestion;
use phase8_shared::chain::MissionAnswerRequest;
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::mission::Answer;

use super::Desk;
use super::answering::{Viewer, billed, request, takes};
use super::view_model::{Choice, Row};
use crate::api::{self, use_governance, use_system_handle};
use crate::pages::mission::deliverable::OpenDeliverable;
use crate::pages::mission::held::Progress;
use crate::ui::{Button, ButtonKind, Glyph, Icon, Stages, Tone};
use crate::wallet::{Wallet, WalletError, use_wallet};

/// An answer, stage by stage.
const STAGES: [&str; 3] = ["asked", "signed", "recorded"];

/// One question and its answers.
#[component]
pub(super) fn QuestionCard(desk: Desk, question: Seq) -> impl IntoView {
    let wallet = use_wallet();
    let deployment = use_system_handle().deployment();
    let chain_now = use_governance().chain_now();
    let mission = desk.live.id();
    let row = Memo::new(move |_| desk.row(question));
    let progress = RwSignal::new(Progress::Asked);
    let (reason, typed) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let send = Action::new_local(move |(request, by): &(MissionAnswerRequest, Address)| {
        let (request, by) = (request.clone(), *by);
        async move {
            let signed = move || {
                desk.signed_here.try_update(|here| here.insert(question));
                progress.try_set(Progress::Signed);
            };
            if let Err(failed) = sign_and_send(wallet, mission, request, by, signed).await {
                desk.signed_here.try_update(|here| here.remove(&question));
                progress.try_set(failed);
            }
        }
    });
    let cost = Memo::new(move |_| {
        let charged = row.with(|row| row.as_ref().and_then(|row| row.charged))?;
        Some(billed(&typed.get(), charged))
    });
    let give = Callback::new(move |answer: Answer| {
        let answer = match cost.get_untracked() {
            Some(Ok(cost)) => Answer::Reconcile { cost },
            Some(Err(_)) => return,
            None => answer,
        };
        let asked = deployment.get_untracked().zip(wallet.account().get_untracked());
        let Some((deployment, by)) = asked else {
            return progress.set(Progress::Unsigned(WalletError::NotConnected.words()));
        };
        progress.set(Progress::Signing);
        let server_now = untrack(|| desk.live.now()).unix_seconds();
        let now = chain_now.get_untracked().max(server_now);
        let said = (answer, reason.get_untracked().trim().to_owned());
        send.dispatch_local((request(&deployment, mission, question, said, now), by));
    });
    let busy = Signal::derive(move || {
        progress.with(|it| matches!(it, Progress::Signing | Progress::Signed))
    });
    let marks = Signal::derive(move || progress.with(|it| it.marks_of(&STAGES, false)));
    let trouble = move || progress.with(Progress::trouble);
    let wrong = move || cost.get().and_then(Result::err).filter(|_| !typed.with(String::is_empty));
    let choices = move || row.get().map(|row| row.choices).unwrap_or_default();
    let unpriced = Signal::derive(move || cost.with(|cost| matches!(cost, Some(Err(_)))));
    view! {
        <article class="approval" data-testid="question" data-question=question.to_string()>
            {move || row.get().map(|row| view! { <What desk row /> })}
            <Stages marks />
            {move || trouble().map(|(what, mend)| view! {
                <p class="lever__trouble tone--bad" role="alert">
                    <Icon glyph=Glyph::from(Tone::Bad) />
                    <span><strong>{what}"."</strong>" "{mend}</span>
                </p>
            })}
            <Show when=move || cost.with(Option::is_some)>
                <label class="field">
                    <span class="field__label">"Billed by the provider, in US dollars"</span>
                    <input class="input mono" inputmode="decimal" data-testid="question-cost"
                        prop:value=move || typed.get()
                        on:input=move |event| typed.set(event_target_value(&event)) />
                    <span class="field__note" role="status">{wrong}</span>
                </label>
            </Show>
            <label class="field">
                <span class="field__label">"Your words, signed with the answer (may stay empty)"</span>
                <input class="input" maxlength="1000" data-testid="question-reason"
                    prop:value=move || reason.get()
                    on:input=move |event| reason.set(event_target_value(&event)) />
            </label>
            <ul class="answers">
                <For each=choices key=|choice| choice.label let:choice>
                    <AnswerButton desk choice give busy unpriced />
                </For>
            </ul>
        </article>
    }
}

/// What happened and what it means.
#[component]
fn What(desk: Desk, row: Row) -> impl IntoView {
    let Row { title, meaning, tone, cap, withheld, .. } = row;
    view! {
        <h3 class=format!("approval__title tone--{}", tone.as_str())>
            <Icon glyph=Glyph::from(tone) />
            " "{title}
        </h3>
        <p>{meaning}</p>
        {withheld.map(|commitment| view! {
            <p class="approval__standing">
                <span>"The text is held back: nobody acts on it. Whoever judges it must read it."</span>
                <OpenDeliverable reader=desk.reader commitment title="Text that was held back" />
            </p>
        })}
        {cap.then(|| view! {
            <p class="approval__standing">
                <span>"The owner can raise the cap: "<a href="#levers">"Budget Cap"</a>" among the levers."</span>
            </p>
        })}
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
    let who = move || {
        desk.viewer.with(|viewer| match viewer {
            Viewer::Known(_) if viewer.may_give(answer) => String::new(),
            Viewer::Known(_) => format!(" That takes {}.", takes(answer)),
            Viewer::Nobody => format!(" Connect {} to answer.", takes(answer)),
            Viewer::Unknown => " Owner and guild have not been read from the chain yet.".to_owned(),
        })
    };
    view! {
        <li class="answers__one">
            <Button kind on_press=press disabled busy testid="answer">
                <Icon glyph=Glyph::Sign />
                {label}
            </Button>
            <span class="answers__words">{leads_to}"."{who}</span>
        </li>
    }
}

/// The person signs, and the server proves role and signature and has the ledger record the answer.
async fn sign_and_send(
    wallet: Wallet,
    mission: MissionId,
    request: MissionAnswerRequest,
    by: Address,
    signed: impl FnOnce(),
) -> Result<(), Progress> {
    let signature = wallet
        .sign_typed_data(&request.typed_data_json())
        .await
        .map_err(|error| Progress::Unsigned(error.words()))?;
    signed();
    let MissionAnswerRequest { question, answer, reason, deadline, .. } = request;
    let answered = AnswerQuestion { by, answer, reason, deadline, signature };
    api::answer(mission, question, &answered)
        .await
        .map_err(|error| Progress::Refused(WalletError::from(error).words()))
}
