//! A call that one account makes by itself, without the owner's door: to cancel, veto, co-sign, acknowledge, carry out or
//! void. It is checked as a lever is before the wallet is asked.

use std::time::Duration;

use alloy_primitives::B256;
use leptos::prelude::*;
use phase8_shared::api::{ReadRequest, SimulatedCall, SimulatedOutcome, TransactionStatus};
use phase8_shared::chain::Call;
use phase8_shared::chain::decode::decode;

use crate::api;
use crate::lever::desk::{Desk, use_desk};
use crate::ui::{Button, ButtonKind, CopyText, Glyph, Icon, Tone};
use crate::wallet::WalletError;

const POLL: Duration = Duration::from_millis(800);

/// How far a call is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Errand {
    Idle,
    Checking,
    Sent(B256),
    Done(u64),
    Failed(String, String),
}

impl Errand {
    const fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Checking => "asking",
            Self::Sent(_) => "sent",
            Self::Done(_) => "done",
            Self::Failed(..) => "failed",
        }
    }
}

/// A button that has the connected account make a call.
#[component]
pub(crate) fn CallButton(
    /// The call.
    call: Call,
    /// What it does, in a few words.
    #[prop(into)]
    label: String,
    /// `data-testid`.
    testid: &'static str,
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// Cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Told once the call is in a block.
    #[prop(optional, into)]
    on_done: Option<Callback<()>>,
) -> impl IntoView {
    let desk = use_desk();
    let errand = RwSignal::new(Errand::Idle);
    let run = Action::new_local(move |(): &()| {
        let call = call.clone();
        async move {
            errand.try_set(Errand::Checking);
            let next = match send(desk, &call).await {
                Ok(hash) => Errand::Sent(hash),
                Err((what, mend)) => Errand::Failed(what, mend),
            };
            errand.try_set(next);
        }
    });
    let look = Action::new_local(move |hash: &B256| {
        let hash = *hash;
        async move {
            if let Some(next) = became_of(hash).await {
                let done = matches!(next, Errand::Done(_));
                errand.try_set(next);
                desk.governance.refresh();
                if let Some(on_done) = on_done.filter(|_| done) {
                    // What the call was for may be over, and this button gone with it.
                    on_done.try_run(());
                }
            }
        }
    });
    let ask = move || {
        if let Some(Errand::Sent(hash)) = errand.try_get_untracked()
            && !look.pending().try_get_untracked().unwrap_or(true)
        {
            look.dispatch_local(hash);
        }
    };
    if let Ok(interval) = set_interval_with_handle(ask, POLL) {
        on_cleanup(move || interval.clear());
    }
    let busy = Memo::new(move |_| {
        errand.with(|errand| matches!(errand, Errand::Checking | Errand::Sent(_)))
    });
    let press = Callback::new(move |()| {
        run.dispatch_local(());
    });
    let words = move || match errand.get() {
        Errand::Idle => None,
        Errand::Checking => {
            Some((Tone::Work, "Checking, then your wallet asks you.".to_owned(), None))
        }
        Errand::Sent(hash) => {
            Some((Tone::Work, "Sent. Waiting for a block.".to_owned(), Some(hash)))
        }
        Errand::Done(block) => Some((Tone::Ok, format!("Done in block {block}."), None)),
        Errand::Failed(what, mend) => Some((Tone::Bad, format!("{what}. {mend}"), None)),
    };
    view! {
        <span class="errand" data-testid=format!("{testid}-errand") data-stage=move || errand.with(Errand::name)>
            <Button kind on_press=press busy disabled testid>
                {label}
            </Button>
            {move || {
                words()
                    .map(|(tone, words, hash)| {
                        view! {
                            <span class=format!("errand__told tone--{}", tone.as_str()) role="status">
                                <Icon glyph=Glyph::from(tone) />
                                <span>{words}</span>
                                {hash.map(|hash| view! { <CopyText text=hash.to_string() label="transaction hash" /> })}
                            </span>
                        }
                    })
            }}
        </span>
    }
    .into_any()
}

async fn send(desk: Desk, call: &Call) -> Result<B256, (String, String)> {
    let words = |error: WalletError| error.words();
    let account = desk.account.get_untracked().ok_or_else(|| words(WalletError::NotConnected))?;
    let deployment =
        desk.deployment.get_untracked().ok_or_else(|| words(WalletError::Disconnected))?;
    if let Err(error) = decode(&deployment.contracts, call) {
        let mend = "It is not signed. Reload the page: it may be older than the contracts.";
        return Err((format!("Not decoded: {error}"), mend.to_owned()));
    }
    let simulate = SimulatedCall { from: account, to: call.to, data: call.data.clone() };
    let unavailable = |why: String| {
        (format!("Check unavailable: {why}"), "Nothing is signed unchecked.".to_owned())
    };
    let answer = desk
        .read(&ReadRequest::around(Vec::new(), simulate))
        .await
        .map_err(|error| unavailable(error.to_string()))?;
    match answer.outcome {
        Some(SimulatedOutcome::Succeeds { .. }) => {}
        Some(SimulatedOutcome::Refused { why, .. }) => {
            return Err((format!("It would be refused: {why}"), "Nothing was signed.".to_owned()));
        }
        Some(SimulatedOutcome::Unavailable { why }) => return Err(unavailable(why)),
        None => return Err(unavailable("the endpoints did not try it out".to_owned())),
    }
    let hash = desk.wallet.send(call).await.map_err(words)?;
    let _ = api::watch(hash).await;
    Ok(hash)
}

/// What became of a transaction; `None` while it waits.
async fn became_of(hash: B256) -> Option<Errand> {
    let failed = |what: String| Errand::Failed(what, "Nothing changed.".to_owned());
    match api::transaction(hash).await.map(|view| view.status) {
        Ok(
            TransactionStatus::Included { block }
            | TransactionStatus::Safe { block }
            | TransactionStatus::Final { block },
        ) => Some(Errand::Done(block)),
        Ok(TransactionStatus::Reverted { block, reason }) => {
            Some(failed(format!("It was refused in block {block}: {reason}")))
        }
        Ok(TransactionStatus::Refused { reason }) => {
            Some(failed(format!("The chain refused to take it: {reason}")))
        }
        Ok(TransactionStatus::Replaced {}) => {
            Some(failed("It was cancelled: its nonce went to another call".to_owned()))
        }
        Ok(TransactionStatus::Stored | TransactionStatus::Sent) => None,
        Err(_) => {
            let receipt = api::receipt(hash).await.ok().flatten()?;
            let block = receipt.block_number.to();
            Some(if receipt.status.to::<u64>() == 1 {
                Errand::Done(block)
            } else {
                failed(format!("It was refused in block {block}"))
            })
        }
    }
}
