//! The Safe batch: calls collected from levers, to download as one file for Safe's Transaction Builder.

mod view_model;

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::time::Timestamp;

use self::view_model::{FILE, Line};
use crate::api;
use crate::lever::{SafeBatchCart, use_batch};
use crate::live::browser_time;
use crate::pages::owner::center::use_center;
use crate::ui::{
    Button, ButtonKind, Card, CopyText, EmptyState, Glyph, Icon, StatusPill, Tone, download,
    use_toasts,
};

/// What owns the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// Not known yet.
    Unknown,
    /// A key: a batch is of no use to it.
    Key(Address),
    /// A contract, such as a Safe.
    Contract(Address),
}

impl Owner {
    const fn safe(self) -> Option<Address> {
        match self {
            Self::Contract(address) => Some(address),
            Self::Unknown | Self::Key(_) => None,
        }
    }
}

/// The part.
#[component]
pub(super) fn BatchSection() -> impl IntoView {
    let (center, cart) = (use_center(), use_batch());
    let address =
        Memo::new(move |_| center.standing.value().with(|it| it.as_ref().and_then(|it| it.owner)));
    let code = LocalResource::new(move || {
        let owner = address.get();
        async move {
            let Some(owner) = owner else { return Owner::Unknown };
            let code: Result<alloy_primitives::Bytes, _> =
                api::rpc("eth_getCode", serde_json::json!([owner, "latest"])).await;
            match code {
                Ok(code) if code.is_empty() => Owner::Key(owner),
                Ok(_) => Owner::Contract(owner),
                Err(_) => Owner::Unknown,
            }
        }
    });
    let owner = Memo::new(move |_| code.get().unwrap_or(Owner::Unknown));
    let lines = Memo::new(move |_| {
        let contracts = center.contracts();
        contracts
            .map(|contracts| cart.list().with(|it| view_model::lines(it, &contracts)))
            .unwrap_or_default()
    });
    let is_empty = Memo::new(move |_| cart.list().with(Vec::is_empty));
    let said = move || match owner.get() {
        Owner::Unknown => (Tone::Unknown, "Reading the owner…"),
        Owner::Key(_) => (Tone::Warn, "The owner is a key, not a Safe"),
        Owner::Contract(_) => (Tone::Ok, "The owner is a contract"),
    };
    let tools = move || {
        let tone = Signal::derive(move || said().0);
        let label = Signal::derive(move || said().1.to_owned());
        view! { <StatusPill tone label /> }
    };
    view! {
        <Card title="Calls for the Safe" testid="owner-batch" tools>
            <Show
                when=move || !is_empty.get()
                fallback=|| {
                    view! {
                        <EmptyState
                            title="The batch is empty"
                            text="Every lever has “Add to the Safe batch” among its exits. What you add there waits here."
                            glyph=Glyph::Copy
                        />
                    }
                }
            >
                <ol class="batch">
                    {move || lines.get().into_iter().enumerate().map(|(place, line)| line_view(cart, place, line)).collect_view()}
                </ol>
                <Download cart safe=Signal::derive(move || owner.get().safe()) />
            </Show>
        </Card>
    }
    .into_any()
}

fn line_view(cart: SafeBatchCart, place: usize, line: Line) -> AnyView {
    let id = line.digest.clone();
    let shift = move |to: usize| {
        Callback::new(move |()| {
            let intents = view_model::moved(cart.list().get_untracked(), place, to);
            cart.clear();
            for intent in intents {
                cart.add(intent);
            }
        })
    };
    let last = Signal::derive(move || cart.list().with(Vec::len) <= place.saturating_add(1));
    view! {
        <li class="batch__line" data-testid="batch-line" data-id=id>
            <div class="batch__words">
                <p class="batch__title">{line.title}</p>
                <p class="batch__path mono">{line.path}</p>
                <p class="batch__terms">
                    {line.terms} " " <CopyText text=line.digest label="EIP-712 digest" />
                </p>
            </div>
            <div class="batch__tools">
                <Button kind=ButtonKind::Quiet on_press=shift(place.saturating_sub(1)) disabled=place == 0 name=format!("Move {} up", line.title) testid="batch-up">
                    "↑"
                </Button>
                <Button kind=ButtonKind::Quiet on_press=shift(place.saturating_add(1)) disabled=last name=format!("Move {} down", line.title) testid="batch-down">
                    "↓"
                </Button>
                <Button
                    kind=ButtonKind::Quiet
                    on_press=Callback::new(move |()| cart.remove(place))
                    name=format!("Remove {}", line.title)
                    testid="batch-remove"
                >
                    <Icon glyph=Glyph::Close />
                </Button>
            </div>
        </li>
    }
    .into_any()
}

/// The checksum, and the file.
#[component]
fn Download(cart: SafeBatchCart, safe: Signal<Option<Address>>) -> impl IntoView {
    let toasts = use_toasts();
    // The time is part of the file, so one time holds for one list.
    let batch = Memo::new(move |_| {
        let now = Timestamp::from_millis(browser_time().millis());
        let safe = safe.get().unwrap_or_default();
        cart.list()
            .with(|intents| view_model::batch(intents, safe, now))
            .map(|batch| (batch.meta.checksum.to_string(), batch.to_text()))
    });
    let save = Callback::new(move |()| {
        let Some((_, text)) = batch.get_untracked() else { return };
        if download(FILE, &text).is_none() {
            toasts.say(
                Tone::Warn,
                "This browser does not let the page save a file. Copy the batch instead.",
            );
        }
    });
    view! {
        <dl class="facts">
            <dt>"Safe"</dt>
            <dd>
                {move || match safe.get() {
                    Some(safe) => view! { <CopyText text=safe.to_string() label="Safe" /> }.into_any(),
                    None => view! { "none: the owner is no contract, so sign the levers themselves" }.into_any(),
                }}
            </dd>
            <dt>"Checksum"</dt>
            <dd data-testid="batch-checksum">
                {move || batch.get().map(|(checksum, _)| view! { <CopyText text=checksum label="checksum" /> })}
            </dd>
            <dt>"File"</dt>
            <dd class="mono">{FILE}</dd>
        </dl>
        <div class="row">
            <Button kind=ButtonKind::Primary on_press=save testid="batch-download">
                <Icon glyph=Glyph::File />
                "Download the batch"
            </Button>
            <Button kind=ButtonKind::Quiet on_press=Callback::new(move |()| cart.clear()) testid="batch-clear">"Empty the batch"</Button>
        </div>
        {move || {
            batch.get().map(|(_, text)| {
                view! {
                    <details class="disclosure">
                        <summary class="disclosure__summary">"The file"</summary>
                        <pre class="raw" tabindex="0" data-testid="batch-text">{text}</pre>
                    </details>
                }
            })
        }}
    }
    .into_any()
}
