//! The ways out of a proposal, one tap each: wallet, relay, Safe batch, `cast` line, evidence file.

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::chain::LeverRole;
use phase8_shared::chain::difference::Signer;
use phase8_shared::chain::exit::Evidence;

use crate::format;
use crate::lever::cart::use_batch;
use crate::lever::check::{Block, Checked, account_of, role_of};
use crate::lever::desk::use_desk;
use crate::lever::evidence::{EvidenceMaker, Material};
use crate::lever::flip::{Flip, Way};
use crate::lever::panel::PanelView;
use crate::lever::panel::evidence::EvidenceDialog;
use crate::lever::panel::proposal::{Looked, Shown};
use crate::ui::{Button, ButtonKind, Glyph, Icon, Tone, download, use_toasts, write_to_clipboard};

/// A way out of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// The wallet sends a transaction.
    Wallet,
    /// The owner signs, and the relay sends.
    Relay,
    /// A Safe or a shell carries the call.
    Elsewhere,
    /// The evidence is written down.
    Evidence,
}

/// While the check is unavailable nothing is signed, and the evidence can still be exported.
const UNCHECKED: [Exit; 1] = [Exit::Evidence];

/// The exits that are open after a check, for the account that is connected.
fn exits(checked: &Checked, account: Option<Address>) -> Vec<Exit> {
    let block = checked.block();
    let owner = matches!(checked.signer, Signer::Owner(_));
    let fits = block.is_none() && account == Some(account_of(checked.signer));
    let readable = !matches!(block, Some(Block::NotDecoded(_)));
    [
        (Exit::Wallet, fits),
        (Exit::Relay, fits && owner),
        (Exit::Elsewhere, owner && block.is_none()),
        (Exit::Evidence, owner && readable),
    ]
    .into_iter()
    .filter_map(|(exit, open)| open.then_some(exit))
    .collect()
}

/// The ways to sign and to send.
#[component]
pub(super) fn ExitsView(
    /// The panel that it belongs to.
    view: PanelView,
    /// What was looked at.
    looked: Looked,
    /// Whether the wallet is being asked.
    asking: Memo<bool>,
) -> impl IntoView {
    let (desk, cart, toasts) = (use_desk(), use_batch(), use_toasts());
    let shown = looked.shown;
    let maker = EvidenceMaker::new(desk);
    let evidence = RwSignal::new(None::<Evidence>);
    let open = Memo::new(move |_| {
        let account = desk.account.get();
        shown.with(|shown| match shown {
            None => Vec::new(),
            Some(Ok(checked)) => exits(checked, account),
            Some(Err(_)) => UNCHECKED.to_vec(),
        })
    });
    let shut = move |exit: Exit| Signal::derive(move || open.with(|open| !open.contains(&exit)));
    let checked = move || shown.get_untracked().and_then(Result::ok);
    let sign = move |way| {
        Callback::new(move |()| {
            if let Some(checked) = checked() {
                desk.sign(&view.place(), checked, way);
            }
        })
    };
    let add = Callback::new(move |()| {
        if let Some(checked) = checked() {
            cart.add(checked.intent);
            toasts.say(Tone::Ok, "Added to the Safe batch on the Owner page.");
        }
    });
    let copy = Action::new_local(move |line: &String| {
        let line = line.clone();
        async move {
            if write_to_clipboard(&line).await {
                toasts.say(
                    Tone::Ok,
                    "The cast line is on the clipboard, with a note on keys above it.",
                );
            } else {
                let words = "This browser does not let the page copy. The line stands in the evidence file.";
                toasts.say(Tone::Warn, words);
            }
        }
    });
    let copy_line = Callback::new(move |()| {
        if let Some(checked) = checked() {
            copy.dispatch_local(Material::of(&checked).cast());
        }
    });
    let write = Action::new_local(move |(): &()| async move {
        let material = match shown.get_untracked() {
            None => return,
            Some(Ok(checked)) => Ok(Material::of(&checked)),
            Some(Err(error)) => maker.unchecked(looked.draft.get_value(), error.to_string()).await,
        };
        match material.map(|material| maker.make(material)) {
            Ok(Some(made)) => {
                if download(&made.file_name(), &made.to_text()).is_none() {
                    toasts.say(Tone::Warn, "This browser does not let the page save a file.");
                }
                evidence.set(Some(made));
            }
            Ok(None) => {}
            Err(error) => {
                toasts.say(Tone::Bad, format!("No evidence without the owner's nonce: {error}."));
            }
        }
    });
    let file = Callback::new(move |()| {
        write.dispatch_local(());
    });
    let role = move || {
        shown.with(|shown| match shown {
            Some(Ok(checked)) => role_of(checked.signer),
            Some(Err(_)) | None => "owner",
        })
    };
    let withdraw = Callback::new(move |()| desk.withdraw(&view.place()));
    let proposed = move || view.flip.with(|flip| flip.as_ref().is_some_and(Flip::is_proposal));
    let other = Memo::new(move |_| {
        let account = desk.account.get();
        let needed = shown.with(|it| it.as_ref()?.as_ref().ok().map(|it| account_of(it.signer)));
        needed.is_some_and(|needed| account != Some(needed))
    });
    view! {
        <Show when=move || other.get()>
            <OtherAccount shown />
        </Show>
        <div class="exits" role="group" aria-label="Ways to sign and send">
            <Show when=move || !other.get()>
                <Button
                    kind=ButtonKind::Primary
                    on_press=sign(Way::Wallet)
                    disabled=shut(Exit::Wallet)
                    busy=asking
                    testid="lever-sign"
                >
                    <Icon glyph=Glyph::Sign />
                    {move || format!("Sign as {}", role())}
                </Button>
                <Button on_press=sign(Way::Relay) disabled=shut(Exit::Relay) busy=asking testid="lever-relay">
                    "Sign, relay sends"
                </Button>
            </Show>
            <span class="exits__more">
                <Button kind=ButtonKind::Quiet on_press=add disabled=shut(Exit::Elsewhere) testid="lever-safe">
                    "Safe batch"
                </Button>
                <Button kind=ButtonKind::Quiet on_press=copy_line disabled=shut(Exit::Elsewhere) testid="lever-cast">
                    <Icon glyph=Glyph::Copy />
                    "cast line"
                </Button>
                <Button
                    kind=ButtonKind::Quiet
                    on_press=file
                    disabled=shut(Exit::Evidence)
                    busy=write.pending()
                    testid="lever-evidence"
                >
                    <Icon glyph=Glyph::File />
                    "Evidence"
                </Button>
                <Show when=proposed>
                    <Button kind=ButtonKind::Quiet on_press=withdraw testid="lever-withdraw">"Withdraw"</Button>
                </Show>
            </span>
        </div>
        <EvidenceDialog evidence />
    }
    .into_any()
}

/// Says whose account is needed where another one, or none, is connected, and leads there.
#[component]
fn OtherAccount(shown: Shown) -> impl IntoView {
    let desk = use_desk();
    let words = move || match desk.account.get() {
        Some(account) => format!(
            "You are connected as {}, who may not sign this.",
            format::short_address(&account)
        ),
        None => "No wallet is connected.".to_owned(),
    };
    let label = move || {
        shown.with(|shown| {
            let checked = shown.as_ref()?.as_ref().ok()?;
            let owner = format::short_address(&checked.known.owner);
            Some(match checked.draft.lever.role() {
                LeverRole::Owner => format!("Connect the owner {owner}"),
                LeverRole::PauseGuardian => {
                    let guardian = format::short_address(&checked.known.guardian);
                    format!("Connect the pause guardian {guardian} or the owner {owner}")
                }
            })
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
