//! What stands before a signature: words, bytes, who must sign, and what the chain says the call would do.

use leptos::prelude::*;
use phase8_shared::chain::Lever;

use crate::format;
use crate::lever::Levers;
use crate::lever::flip::{Flip, Progress, Slot};
use crate::lever::reads::{self, Verdict};
use crate::lever::words::{role_words, words};
use crate::ui::{Button, ButtonKind, CopyText, Disclosure, Glyph, Icon, Tone};
use crate::wallet::describe;

/// What stands before the signature.
#[component]
pub(super) fn Proposal(
    /// The levers it belongs to.
    levers: Levers,
    /// What is proposed.
    lever: Lever,
) -> impl IntoView {
    let slot = Slot::of(&lever);
    let said = words(&lever);
    let call = Memo::new(move |_| {
        levers.around().deployment.with(|it| it.as_ref().map(|it| lever.call(&it.contracts)))
    });
    let decoded = Memo::new(move |_| {
        let contracts = levers.around().deployment.with(|it| it.as_ref().map(|it| it.contracts))?;
        let described = describe(&call.get()?, &contracts)?;
        (described.path == lever.path()).then_some(described)
    });
    let signer =
        Memo::new(move |_| levers.readings()?.ok().map(|readings| readings.signer(lever.role())));
    let verdict = LocalResource::new(move || {
        let asked = signer.get().zip(call.get());
        async move {
            let (signer, call) = asked?;
            Some(reads::rehearse(signer, &call).await)
        }
    });
    let fits =
        Memo::new(move |_| signer.get().is_some() && signer.get() == levers.around().account.get());
    let clear =
        Memo::new(move |_| matches!(verdict.get().flatten(), Some(Ok(Verdict::Succeeds { .. }))));
    let flip = levers.flip(slot);
    let asking = Memo::new(move |_| flip.with(|flip| flip.as_ref().is_some_and(Flip::is_asking)));
    let trouble = Memo::new(move |_| {
        flip.with(|flip| match flip.as_ref().map(|flip| &flip.progress) {
            Some(Progress::Proposed { trouble }) => trouble.clone(),
            _ => None,
        })
    });
    let withdrawable = move || flip.with(|flip| flip.as_ref().is_some_and(Flip::is_proposal));
    let sign = Callback::new(move |()| levers.sign(lever));
    let blocked = move || !clear.get() || decoded.with(Option::is_none);
    view! {
        <p class="lever__change">
            <span class="lever__now">{format!("Now {}", said.now)}</span>
            <span class="lever__new">
                <Icon glyph=Glyph::Arrow />
                <strong>{said.new}</strong>
            </span>
        </p>
        <p class="lever__who">
            {format!("Signed by the {} ", role_words(lever.role()))}
            {move || signer.get().map(|signer| view! { <CopyText text=signer.to_string() label="signer" /> })}
        </p>
        <Show when=move || fits.get()>
            <ul class="lever__checks" aria-label="Checks before signing">
                <li>{move || decode_line(decoded.with(|it| it.as_ref().map(|it| it.sentence.clone())))}</li>
                <li>{move || verdict_line(verdict.get().flatten())}</li>
            </ul>
        </Show>
        <Disclosure summary="Call, effect and raw bytes">
            <dl class="facts facts--stacked">
                <dt>"Call"</dt>
                <dd class="mono">{lever.path()}</dd>
                <dt>"Takes effect"</dt>
                <dd>{said.effect}</dd>
                <dt>"Undone by"</dt>
                <dd>{said.undo}</dd>
                {move || {
                    call.get()
                        .map(|call| {
                            view! {
                                <dt>"To"</dt>
                                <dd><CopyText text=call.to.to_string() label="contract" /></dd>
                                <dt>"Bytes"</dt>
                                <dd><pre class="raw">{call.data.to_string()}</pre></dd>
                            }
                        })
                }}
            </dl>
        </Disclosure>
        {move || trouble.get().map(|(what, mend)| view! {
            <p class="lever__trouble tone--bad" role="alert">
                <Icon glyph=Tone::Bad.glyph() />
                <span><strong>{what}"."</strong>" "{mend}</span>
            </p>
        })}
        <div class="flip__actions">
            <Show when=move || fits.get() fallback=move || view! { <OtherAccount levers lever /> }>
                <Button
                    kind=ButtonKind::Primary
                    on_press=sign
                    disabled=Signal::derive(blocked)
                    busy=asking
                    testid="lever-sign"
                >
                    <Icon glyph=Glyph::Sign />
                    {format!("Sign as {}", role_words(lever.role()))}
                </Button>
            </Show>
            <Show when=withdrawable>
                <Button kind=ButtonKind::Quiet on_press=Callback::new(move |()| levers.withdraw(slot))>"Withdraw"</Button>
            </Show>
        </div>
    }
}

/// Says whose account is needed where another one, or none, is connected, and leads there.
#[component]
fn OtherAccount(levers: Levers, lever: Lever) -> impl IntoView {
    let role = role_words(lever.role());
    let words = move || match levers.around().account.get() {
        Some(account) => format!(
            "You are connected as {}, who may not sign this.",
            format::short_address(&account)
        ),
        None => "No wallet is connected.".to_owned(),
    };
    view! {
        <p class="lever__account">{words}</p>
        <Button on_press=Callback::new(move |()| levers.around().wallet.open_picker())>
            <Icon glyph=Glyph::Wallet />
            {format!("Connect the {role}")}
        </Button>
    }
}

fn decode_line(sentence: Option<String>) -> impl IntoView {
    match sentence {
        Some(sentence) => line(Tone::Ok, format!("The bytes say: {sentence}")),
        None => line(
            Tone::Bad,
            "The bytes do not decode to this lever, so it is not signed.".to_owned(),
        ),
    }
}

fn verdict_line(verdict: Option<Result<Verdict, crate::api::ClientError>>) -> impl IntoView {
    match verdict {
        None => line(Tone::Work, "Simulating on the chain…".to_owned()),
        Some(Ok(Verdict::Succeeds { block })) => {
            line(Tone::Ok, format!("Simulated on block {block}: it would succeed."))
        }
        Some(Ok(Verdict::Refused { why })) => {
            line(Tone::Bad, format!("Simulated: the chain would refuse it: {why}."))
        }
        Some(Err(error)) => {
            line(Tone::Unknown, format!("Check unavailable: {error}. It is not signed unchecked."))
        }
    }
}

fn line(tone: Tone, words: String) -> impl IntoView {
    view! {
        <span class=format!("lever__check tone--{}", tone.as_str())>
            <Icon glyph=tone.glyph() />
            <span>{words}</span>
        </span>
    }
}
