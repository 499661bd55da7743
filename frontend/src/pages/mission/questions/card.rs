//! One question: what happened, what each answer leads to, and who may give it.

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::api::AnswerQuestion;
use phase8_shared::chain::MissionAnswerRequest;
use phase8_shared::id::{MissionId, Seq};
use phase8_shared::mission::Answer;

use super::Desk;
use super::answering::{UnderWay, billed, request};
use super::choices::{Choices, WhoMay};
use super::view_model::Row;
use crate::api::{self, use_governance, use_system_handle};
use crate::format;
use crate::live::Journal;
use crate::pages::mission::deliverable::OpenDeliverable;
use crate::pages::mission::held::Progress;
use crate::ui::{Glyph, Icon, Stages, Tone, use_toasts};
use crate::wallet::{Wallet, WalletError, use_wallet};

/// An answer, stage by stage.
const STAGES: [&str; 3] = ["asked", "signed", "recorded"];

/// One question and its answers.
#[component]
pub(super) fn QuestionCard(desk: Desk, question: Seq) -> impl IntoView {
    let (wallet, toasts) = (use_wallet(), use_toasts());
    let deployment = use_system_handle().deployment();
    let governance = use_governance();
    let chain_now = governance.chain_now();
    let mission = desk.live.id();
    let row = Memo::new(move |_| desk.row(question));
    let own = RwSignal::new(Progress::Asked);
    let progress = Memo::new(move |_| {
        let under_way = desk.under_way.with(|all| all.contains_key(&question));
        if under_way { Progress::Signed } else { own.get() }
    });
    let (reason, typed) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let send = Action::new_local(move |(request, by): &(MissionAnswerRequest, Address)| {
        let (request, by) = (request.clone(), *by);
        async move {
            let after = desk.live.with_untracked(Journal::last).unwrap_or(Seq::ZERO);
            let signed = move || {
                desk.under_way.try_update(|all| all.insert(question, UnderWay { by, after }));
                own.try_set(Progress::Asked);
            };
            let Err(failed) = sign_and_send(wallet, mission, (request, by), signed).await else {
                reason.try_set(String::new());
                return;
            };
            desk.under_way.try_update(|all| all.remove(&question));
            // It may have been the chain's clock that was known wrongly.
            governance.refresh();
            if desk.is_gone(question)
                && let Some((what, mend)) = failed.trouble()
            {
                toasts.say(Tone::Bad, format!("{what}. {mend}"));
            }
            own.try_set(failed);
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
            return own.set(Progress::Unsigned(WalletError::NotConnected.words()));
        };
        own.set(Progress::Signing);
        let server_now = untrack(|| desk.live.now()).unix_seconds();
        let now = chain_now.get_untracked().max(server_now);
        let said = (answer, reason.get_untracked().trim().to_owned());
        send.dispatch_local((request(&deployment, mission, question, said, now), by));
    });
    let busy = Signal::derive(move || {
        progress.with(|it| matches!(it, Progress::Signing | Progress::Signed))
    });
    let begun = Memo::new(move |_| progress.with(|it| *it != Progress::Asked));
    let marks = Signal::derive(move || progress.with(|it| it.marks_of(&STAGES, false)));
    let trouble = move || progress.with(Progress::trouble);
    let wrong = move || cost.get().and_then(Result::err).filter(|_| !typed.with(String::is_empty));
    let unpriced = Signal::derive(move || cost.with(|cost| matches!(cost, Some(Err(_)))));
    let may_any =
        Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| desk.may_any(row))));
    view! {
        <article class="approval question" data-testid="question" data-question=question.to_string()>
            {move || row.get().map(|row| view! { <What desk row /> })}
            <Show
                when=move || may_any.get()
                fallback=move || view! { <WhoMay desk question /> }
            >
                <div class="question__fields">
                    <Show when=move || cost.with(Option::is_some)>
                        <label class="field">
                            <span class="field__label">"Billed by the provider, in US dollars"</span>
                            <input class="input mono" inputmode="decimal" data-testid="question-cost"
                                prop:value=move || typed.get()
                                on:input=move |event| typed.set(event_target_value(&event)) />
                            <span class="field__note tone--bad" role="status">{wrong}</span>
                        </label>
                    </Show>
                    <label class="field">
                        <span class="field__label">"Why, in your words (may stay empty; everybody can read it)"</span>
                        <input class="input" maxlength="1000" data-testid="question-reason"
                            prop:value=move || reason.get()
                            on:input=move |event| reason.set(event_target_value(&event)) />
                    </label>
                </div>
            </Show>
            <Choices desk row give busy unpriced />
            <Show when=move || begun.get()>
                <Stages marks />
            </Show>
            {move || trouble().map(|(what, mend)| view! {
                <p class="lever__trouble tone--bad" role="alert">
                    <Icon glyph=Glyph::from(Tone::Bad) />
                    <span><strong>{what}"."</strong>" "{mend}</span>
                </p>
            })}
        </article>
    }
}

/// What happened, what it means, and what it rests on.
#[component]
fn What(desk: Desk, row: Row) -> impl IntoView {
    let Row { title, meaning, tone, facts, due_at, reading, .. } = row;
    let left = move |due_at| {
        let due_at: phase8_shared::time::Timestamp = due_at;
        format::span(due_at.unix_seconds().saturating_sub(desk.live.now().unix_seconds()))
    };
    let any = !facts.is_empty() || due_at.is_some();
    view! {
        <h3 class=format!("approval__title question__title tone--{}", tone.as_str())>
            <Icon glyph=Glyph::from(tone) />
            <span>{title}</span>
        </h3>
        <p>{meaning}</p>
        {any.then(|| view! {
            <dl class="facts">
                {facts
                    .into_iter()
                    .map(|(name, value)| view! {
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                    })
                    .collect_view()}
                {due_at.map(|due_at| view! {
                    <dt>"Time left"</dt>
                    <dd class="number" data-testid="question-left">{move || left(due_at)}</dd>
                })}
            </dl>
        })}
        {reading.map(|reading| view! {
            <p class="approval__standing">
                <span>{reading.why}</span>
                <OpenDeliverable reader=desk.reader commitment=reading.commitment title=reading.title />
            </p>
        })}
    }
}

/// The person signs, and the server proves role and signature and has the ledger record the answer.
async fn sign_and_send(
    wallet: Wallet,
    mission: MissionId,
    (request, by): (MissionAnswerRequest, Address),
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
