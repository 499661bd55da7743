//! The ways out of a proposal, one tap each.

use leptos::prelude::*;
use phase8_shared::chain::difference::Signer;

use crate::format;
use crate::lever::cart::use_batch;
use crate::lever::check::{Checked, account_of, role_of};
use crate::lever::desk::use_desk;
use crate::lever::flip::Way;
use crate::lever::panel::PanelView;
use crate::lever::panel::proposal::Shown;
use crate::ui::{Button, ButtonKind, Glyph, Icon, Tone, use_toasts};

/// Which exits are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Open {
    /// The connected account may sign.
    fits: bool,
    /// Nothing blocks a signature.
    clear: bool,
    /// It passes the owner's door, so a signature can be relayed and a Safe can carry it.
    door: bool,
    /// The bytes are understood.
    decoded: bool,
}

impl Open {
    fn of(checked: &Checked, account: Option<alloy_primitives::Address>) -> Self {
        Self {
            fits: account == Some(account_of(checked.signer)),
            clear: checked.block().is_none(),
            door: matches!(checked.signer, Signer::Owner(_)),
            decoded: checked.decoded.is_ok(),
        }
    }
}

/// The ways to sign and to send.
#[component]
pub(super) fn ExitsView(
    /// The panel that it belongs to.
    view: PanelView,
    /// What the check came to.
    shown: Shown,
    /// Whether the wallet is being asked.
    asking: Memo<bool>,
) -> impl IntoView {
    let desk = use_desk();
    let cart = use_batch();
    let toasts = use_toasts();
    let checked = Memo::new(move |_| shown.get().and_then(Result::ok));
    let open = Memo::new(move |_| {
        let account = desk.account.get();
        checked.with(|checked| checked.as_ref().map(|checked| Open::of(checked, account)))
    });
    let is = move |of: fn(Open) -> bool| Signal::derive(move || !open.get().is_some_and(of));
    let sign = move |way| {
        Callback::new(move |()| {
            if let Some(checked) = checked.get_untracked() {
                desk.sign(&view.place(), checked, way);
            }
        })
    };
    let add = Callback::new(move |()| {
        if let Some(checked) = checked.get_untracked() {
            cart.add(checked.intent);
            toasts.say(Tone::Ok, "Added to the Safe batch. Download it from the Owner page.");
        }
    });
    let role = move || {
        checked.with(|checked| checked.as_ref().map_or("owner", |checked| role_of(checked.signer)))
    };
    let withdraw = Callback::new(move |()| desk.withdraw(&view.place()));
    let proposed =
        move || view.flip.with(|flip| flip.as_ref().is_some_and(crate::lever::Flip::is_proposal));
    let other = Memo::new(move |_| open.get().is_some_and(|open| !open.fits));
    view! {
        <Show when=move || other.get()>
            <OtherAccount checked />
        </Show>
        <div class="exits" role="group" aria-label="Ways to sign and send">
            <Show when=move || !other.get()>
                <Button
                    kind=ButtonKind::Primary
                    on_press=sign(Way::Wallet)
                    disabled=is(|open| open.fits && open.clear)
                    busy=asking
                    testid="lever-sign"
                >
                    <Icon glyph=Glyph::Sign />
                    {move || format!("Sign as {}", role())}
                </Button>
                <Button
                    on_press=sign(Way::Relay)
                    disabled=is(|open| open.fits && open.clear && open.door)
                    busy=asking
                    testid="lever-relay"
                >
                    "Sign, relay sends"
                </Button>
            </Show>
            <Button on_press=add disabled=is(|open| open.door && open.decoded && open.clear) testid="lever-safe">"Safe batch"</Button>
            <Show when=proposed>
                <Button kind=ButtonKind::Quiet on_press=withdraw>"Withdraw"</Button>
            </Show>
        </div>
    }
    .into_any()
}

/// Says whose account is needed where another one, or none, is connected, and leads there.
#[component]
fn OtherAccount(checked: Memo<Option<Checked>>) -> impl IntoView {
    let desk = use_desk();
    let needed = move || checked.with(|checked| checked.as_ref().map(|checked| checked.signer));
    let words = move || match desk.account.get() {
        Some(account) => format!(
            "You are connected as {}, who may not sign this.",
            format::short_address(&account)
        ),
        None => "No wallet is connected.".to_owned(),
    };
    let label = move || {
        needed().map(|signer| {
            format!(
                "Connect the {} {}",
                role_of(signer),
                format::short_address(&account_of(signer))
            )
        })
    };
    view! {
        <p class="lever__account">{words}</p>
        <Button on_press=Callback::new(move |()| desk.wallet.open_picker()) testid="lever-connect">
            <Icon glyph=Glyph::Wallet />
            {label}
        </Button>
    }
}
