//! The two signatures of a launch: what each does in words, how far it is, and the bytes behind a press.

use leptos::prelude::*;
use phase8_shared::chain::Call;

use super::desk::use_desk;
use super::steps::Step;
use crate::ui::{CopyText, Disclosure, ProblemCard, Stages};
use crate::wallet::{Described, describe};

/// Both, once they are known.
#[component]
pub(super) fn Signatures() -> impl IntoView {
    let desk = use_desk();
    move || {
        desk.prepared.get().map(|prepared| {
            let deposit = prepared.deposit;
            let approve_words = format!("1. Allow the escrow to take exactly {deposit}");
            let fund_words = format!("2. Fund the mission with {deposit}");
            view! {
                <div class="signatures">
                    <p class="note">
                        "Mission " <CopyText text=prepared.id.to_string() label="mission id" />
                        " is prepared. It starts when its escrow is funded."
                    </p>
                    <ol class="signatures__list">
                        <Signature words=approve_words call=prepared.approve step=desk.approve testid="launch-step-approve" />
                        <Signature words=fund_words call=prepared.fund step=desk.fund testid="launch-step-fund" />
                    </ol>
                </div>
            }
        })
    }
}

#[component]
fn Signature(
    /// What it does.
    words: String,
    /// What is signed.
    call: Call,
    /// How far it is.
    step: RwSignal<Step>,
    testid: &'static str,
) -> impl IntoView {
    let failed = Memo::new(move |_| {
        step.with(|step| match step {
            Step::Failed { trouble, .. } => Some(trouble.clone()),
            Step::Proposed | Step::Asking | Step::Sent(_) | Step::Confirmed(_) | Step::Spared => {
                None
            }
        })
    });
    let hash = Memo::new(move |_| step.with(Step::hash));
    let hint = move || match step.with(Step::word) {
        "signing" => Some("Answer in your wallet."),
        "sent" => Some("Waiting for the block."),
        "not needed" => Some("Your allowance already suffices, so there is nothing to sign here."),
        _ => None,
    };
    view! {
        <li class="signature" data-testid=testid data-stage=move || step.with(Step::word)>
            <p class="signature__words">{words}</p>
            <Stages marks=Signal::derive(move || step.with(Step::marks)) />
            {move || hint().map(|hint| view! { <p class="note" role="status">{hint}</p> })}
            {move || {
                hash.get()
                    .map(|hash| {
                        view! { <p class="note">"Transaction " <CopyText text=hash.to_string() label="transaction hash" /></p> }
                    })
            }}
            {move || failed.get().map(|trouble| view! { <ProblemCard trouble /> })}
            <Disclosure summary="What exactly is signed">
                <Decoded call />
            </Disclosure>
        </li>
    }
}

/// The call in words, decoded from its bytes, and the bytes.
#[component]
fn Decoded(call: Call) -> impl IntoView {
    let deployment = use_desk().wallet.deployment().get_untracked();
    let described = deployment.and_then(|deployment| describe(&call, &deployment.contracts));
    let words = match described {
        None => view! { <p>"Not decoded: this call will not be signed."</p> }.into_any(),
        Some(Described { sentence, path, lines }) => {
            let lines = lines.into_iter().map(|(name, value)| {
                view! {
                    <dt>{name}</dt>
                    <dd class="mono">{value}</dd>
                }
            });
            view! {
                <p>{sentence}</p>
                <p class="mono note">{path}</p>
                <dl class="facts facts--stacked">{lines.collect_view()}</dl>
            }
            .into_any()
        }
    };
    view! {
        {words}
        <p class="note">"To " <CopyText text=call.to.to_string() label="contract address" /></p>
        <pre class="raw">{call.data.to_string()}</pre>
    }
}
