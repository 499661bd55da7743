//! The offer: what is asked, what it costs, and the button that launches.

use alloy_primitives::Address;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::deposit::DepositLines;
use super::desk::use_desk;
use super::offer_fields::{ClockField, RewardField};
use super::signatures::Signatures;
use crate::format;
use crate::routes::Route;
use crate::ui::{Button, ButtonKind, Card, Glyph, Icon, ProblemCard, Trouble};

/// The offer, the signatures, and the one button that goes on with them.
#[component]
pub(super) fn OfferCard() -> impl IntoView {
    let desk = use_desk();
    let foreign = Memo::new(move |_| {
        let operator = desk.launch.with(|launch| launch.as_ref().map(|launch| launch.operator))?;
        desk.account.get().filter(|account| *account != operator).map(|_| operator)
    });
    view! {
        <Card title="Launch">
            {move || match foreign.get() {
                Some(operator) => view! { <OtherAccount operator /> }.into_any(),
                None => view! { <Offer /> }.into_any(),
            }}
        </Card>
    }
}

/// The launch was begun with another wallet.
#[component]
fn OtherAccount(operator: Address) -> impl IntoView {
    let desk = use_desk();
    view! {
        <p class="note">
            "A launch was begun with the wallet " <span class="mono">{format::short_address(&operator)}</span>
            ". Connect it to go on, or start over with the wallet that is connected now; your file is kept."
        </p>
        <div class="row">
            <Button kind=ButtonKind::Primary on_press=Callback::new(move |()| desk.wallet.open_picker())>
                "Choose a wallet"
            </Button>
            <Button on_press=Callback::new(move |()| desk.start_over()) testid="start-over">
                "Start over"
            </Button>
        </div>
    }
}

#[component]
fn Offer() -> impl IntoView {
    let desk = use_desk();
    let navigate = use_navigate();
    let launch = Action::new_local(move |(): &()| {
        let navigate = navigate.clone();
        async move {
            let mission = desk.launch().await?;
            if let Some(mission) = mission {
                navigate(&Route::Mission(mission).path(), NavigateOptions::default());
            }
            Ok::<(), Trouble>(())
        }
    });
    let press = Callback::new(move |()| {
        launch.dispatch(());
    });
    let is_begun = Memo::new(move |_| {
        desk.launch.with(|launch| launch.as_ref().is_some_and(|launch| launch.is_created))
    });
    let blockers = Memo::new(move |_| desk.blockers());
    let is_clear = Memo::new(move |_| blockers.with(Vec::is_empty));
    let was_funded = desk
        .launch
        .with_untracked(|launch| launch.as_ref().is_some_and(|launch| launch.fund.is_some()));
    // Touches the server and the chain: the deposit was sent before the page was left, so its block is waited for.
    Effect::new(move |done: Option<bool>| {
        let may = was_funded && is_clear.get() && done != Some(true);
        if may {
            launch.dispatch(());
        }
        may || done == Some(true)
    });
    let failed = move || launch.value().get().and_then(Result::err);
    let label = move || match (launch.pending().get(), is_begun.get()) {
        (true, _) => "Launching…",
        (false, true) => "Continue the launch",
        (false, false) => "Launch Mission",
    };
    let reasons = move || {
        let lines = blockers.get().into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        view! { <ul class="blockers">{lines}</ul> }
    };
    view! {
        <RewardField />
        <ClockField />
        <DepositLines />
        <Signatures />
        <div class="launch__act">
            <Button
                kind=ButtonKind::Primary
                on_press=press
                disabled=Signal::derive(move || !is_clear.get())
                busy=launch.pending()
                testid="launch"
                described_by="launch-reason"
            >
                <Icon glyph=Glyph::Launch />
                {label}
            </Button>
            <div id="launch-reason" class="launch__reason" role="status">
                <Show when=move || !is_clear.get() fallback=WhatFollows>
                    {reasons}
                </Show>
            </div>
        </div>
        {move || failed().map(|trouble| view! { <ProblemCard trouble /> })}
        <Show when=move || is_begun.get() && !launch.pending().get()>
            <div class="row row--end">
                <Button kind=ButtonKind::Quiet on_press=Callback::new(move |()| desk.start_over()) testid="start-over">
                    "Start over with a new mission"
                </Button>
            </div>
        </Show>
    }
}

#[component]
fn WhatFollows() -> impl IntoView {
    view! {
        <p class="note">"Your wallet is asked twice: to allow exactly the deposit, then to pay it into the mission's escrow."</p>
    }
}
