//! The wallet in the page's head, and the dialog to choose one.

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::chain::DevAccount;

use crate::format;
use crate::ui::{Button, ButtonKind, CopyText, Dialog, Glyph, Icon, ProblemCard, Tone};
use crate::wallet::prompt::PromptDialog;
use crate::wallet::{Offered, Wallet, WalletError, rehearsal, use_wallet};

/// Shows the account, or asks to connect; on the wrong network it offers the one button that mends it.
#[component]
pub(crate) fn WalletButton() -> impl IntoView {
    let wallet = use_wallet();
    let (account, label, right) = (wallet.account(), wallet.label(), wallet.is_right_chain());
    let open = Callback::new(move |()| wallet.open_picker());
    let known = wallet.system.deployment();
    let wrong = move || account.get().is_some() && known.with(Option::is_some) && !right.get();
    let words = move || label.get().unwrap_or_default();
    view! {
        <div class="wallet">
            <Show when=wrong>
                <SwitchButton wallet />
            </Show>
            {move || match account.get() {
                None => {
                    view! {
                        <Button kind=ButtonKind::Primary on_press=open testid="connect-wallet" name="Connect wallet">
                            <Icon glyph=Glyph::Wallet />
                            <span>"Connect" <span class="wallet__more">" wallet"</span></span>
                        </Button>
                    }
                        .into_any()
                }
                Some(account) => {
                    view! {
                        <Button on_press=open testid="wallet-account">
                            <Icon glyph=Glyph::Wallet />
                            <span class="wallet__name">{words}</span>
                            <span class="wallet__address mono">{format::short_address(&account)}</span>
                        </Button>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// Changes the wallet's network.
#[component]
fn SwitchButton(wallet: Wallet) -> impl IntoView {
    let switch = Action::new_local(move |(): &()| async move {
        if let Err(error) = wallet.switch_chain().await {
            let (what, mend) = error.words();
            wallet.toasts.say(Tone::Bad, format!("{what}. {mend}"));
        }
    });
    let press = Callback::new(move |()| {
        switch.dispatch(());
    });
    view! {
        <Button kind=ButtonKind::Danger on_press=press busy=switch.pending() testid="switch-network">
            <Icon glyph=Glyph::Warning />
            "Wrong network: switch"
        </Button>
    }
}

/// The dialogs of the wallet: the list, and the rehearsal wallet's question.
#[component]
pub(crate) fn WalletDialogs() -> impl IntoView {
    let wallet = use_wallet();
    let close = Callback::new(move |()| wallet.picker.set(false));
    view! {
        <Dialog open=wallet.picker title="Wallet" testid="wallet-picker" on_close=close>
            <Connected wallet />
            <Choices wallet />
        </Dialog>
        <PromptDialog prompter=wallet.prompter />
    }
}

/// The account in use, whole, and the way to let go of it.
#[component]
fn Connected(wallet: Wallet) -> impl IntoView {
    let (label, account) = (wallet.label(), wallet.account());
    let disconnect = Callback::new(move |()| wallet.disconnect());
    move || {
        account.get().map(|account| {
            view! {
                <div class="picker__connected">
                    <div>
                        <p class="picker__label">"Connected: " {label.get()}</p>
                        <CopyText text=account.to_string() label="account" />
                    </div>
                    <Button on_press=disconnect testid="wallet-disconnect">"Disconnect"</Button>
                </div>
            }
        })
    }
}

/// Wallets in this browser, then the rehearsal accounts where there are any.
#[component]
fn Choices(wallet: Wallet) -> impl IntoView {
    let connect = Action::new_local(move |rdns: &String| {
        let rdns = rdns.clone();
        async move {
            wallet.connect_browser(rdns).await?;
            wallet.picker.set(false);
            Ok::<(), WalletError>(())
        }
    });
    let failed = move || connect.value().get().and_then(Result::err);
    let accounts = move || {
        wallet
            .system
            .deployment()
            .with(|it| it.as_ref().map(|it| rehearsal::accounts(it).to_vec()).unwrap_or_default())
    };
    let choose = Callback::new(move |address: Address| {
        wallet.connect_rehearsal(address);
        wallet.picker.set(false);
    });
    view! {
        <section class="picker__group" aria-label="Wallets in this browser">
            <h3 class="picker__title">"In this browser"</h3>
            <ul class="picker__list">
                <For each=move || wallet.offered.get() key=|offered| offered.rdns.clone() let:offered>
                    <BrowserOption offered connect busy=connect.pending() />
                </For>
            </ul>
            <Show when=move || wallet.offered.with(Vec::is_empty)>
                <p class="picker__none">"No wallet was found. Install one that supports EIP-6963, then reload."</p>
            </Show>
            {move || failed().map(|error| view! { <ProblemCard trouble=error /> })}
        </section>
        <Show when=move || !accounts().is_empty()>
            <section class="picker__group" aria-label="Rehearsal wallet">
                <h3 class="picker__title">"Rehearsal wallet"</h3>
                <p class="picker__warning tone--warn">
                    <Icon glyph=Glyph::Warning />
                    "Rehearsal wallet — keys are public, worth nothing."
                </p>
                <ul class="picker__list picker__list--grid">
                    {move || {
                        accounts().into_iter().map(|account| view! { <RehearsalOption account choose /> }).collect_view()
                    }}
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn BrowserOption(
    offered: Offered,
    connect: Action<String, Result<(), WalletError>>,
    busy: Memo<bool>,
) -> impl IntoView {
    let Offered { rdns, name } = offered;
    let shown = name.clone();
    view! {
        <li>
            <button
                type="button"
                class="picker__option"
                data-testid="wallet-option"
                data-name=name
                disabled=move || busy.get()
                on:click=move |_| {
                    connect.dispatch(rdns.clone());
                }
            >
                <Icon glyph=Glyph::Wallet />
                <span class="picker__name">{shown}</span>
                <span class="picker__hint">{move || if busy.get() { "Waiting for the wallet…" } else { "Connect" }}</span>
            </button>
        </li>
    }
}

#[component]
fn RehearsalOption(account: DevAccount, choose: Callback<Address>) -> impl IntoView {
    let DevAccount { role, name, address } = account;
    let shown = name.clone();
    view! {
        <li>
            <button
                type="button"
                class="picker__option"
                data-testid="wallet-option"
                data-name=name
                data-role=rehearsal::role_name(role)
                data-address=address.to_string()
                on:click=move |_| choose.run(address)
            >
                <span class="picker__name">{shown}</span>
                <span class="picker__hint">{rehearsal::role_name(role)}</span>
                <span class="picker__address mono">{format::short_address(&address)}</span>
            </button>
        </li>
    }
}
