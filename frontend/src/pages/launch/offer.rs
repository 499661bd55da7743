//! Reward, clock, deposit, and the button that launches.

use alloy_primitives::Address;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use phase8_shared::time::Timestamp;

use super::blockers::Readiness;
use super::desk::{Desk, use_desk};
use super::plan_chart::short_minutes;
use super::signatures::Signatures;
use super::terms;
use crate::format;
use crate::routes::Route;
use crate::ui::{Button, ButtonKind, Card, Field, Glyph, Icon, ProblemCard, Trouble};

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

#[component]
fn RewardField() -> impl IntoView {
    let desk = use_desk();
    let error = Signal::derive(move || {
        desk.reward().err().filter(|_| desk.reward_typed.with(Option::is_some))
    });
    view! {
        <Field id="reward" label="Reward for the agents, in AGIα" hint="Shared over the milestones as the job spec says." error>
            <input
                class="input mono"
                id="reward"
                data-testid="reward"
                inputmode="decimal"
                autocomplete="off"
                aria-describedby="reward-note"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                prop:value=move || desk.reward_text()
                on:input=move |event| desk.reward_typed.set(Some(event_target_value(&event)))
            />
        </Field>
    }
}

#[component]
fn ClockField() -> impl IntoView {
    let desk = use_desk();
    let error = Signal::derive(move || {
        desk.clock().err().filter(|_| desk.clock_typed.with(Option::is_some))
    });
    let hint = Signal::derive(move || {
        if !desk.is_rehearsal() {
            return "Real time: a faster clock is for jobs whose adapters are all rehearsals."
                .to_owned();
        }
        let minutes = desk
            .review
            .with(|review| Some(review.as_ref()?.spec.as_ref()?.max_duration_minutes.get()));
        match (minutes, desk.clock()) {
            (Some(minutes), Ok(scale)) => in_wall_time(minutes, scale.get()),
            _ => "How many times faster than the wall the mission's clock runs.".to_owned(),
        }
    });
    view! {
        <Field id="clock" label="Rehearsal clock, times real time" hint error>
            <input
                class="input mono"
                id="clock"
                data-testid="clock"
                inputmode="numeric"
                autocomplete="off"
                aria-describedby="clock-note"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                disabled=move || !desk.is_rehearsal()
                prop:value=move || desk.clock_text()
                on:input=move |event| desk.clock_typed.set(Some(event_target_value(&event)))
            />
        </Field>
    }
}

/// `A rehearsal: 8h of mission time pass in about 1 minute.`
fn in_wall_time(minutes: u32, scale: u32) -> String {
    let seconds = u64::from(minutes).saturating_mul(60).div_ceil(u64::from(scale.max(1)));
    let wall = match seconds {
        0..90 => format!("{seconds} seconds"),
        90..5_400 => format!("{} minutes", seconds.saturating_add(30) / 60),
        _ => format!("{} hours", seconds.saturating_add(1_800) / 3_600),
    };
    format!("A rehearsal: {} of mission time pass in about {wall}.", short_minutes(minutes))
}

#[component]
fn DepositLines() -> impl IntoView {
    let desk = use_desk();
    let terms = Memo::new(move |_| {
        let spec = desk.review.with(|review| review.as_ref()?.spec.clone())?;
        let basis = desk.basis(desk.reward().ok()?)?;
        // The moment moves the deadlines, not the deposit.
        terms::derive(&spec, &basis, Timestamp::from_millis(0)).ok()
    });
    move || {
        terms.with(|terms| {
            let terms = terms.as_ref()?;
            let lines = terms::deposit_lines(terms).into_iter().map(|line| {
                view! {
                    <div class="sum__line">
                        <dt>{line.label}</dt>
                        <dd>{line.amount.to_string()}</dd>
                    </div>
                }
            });
            let total = terms.deposit().map(|amount| amount.to_string());
            Some(view! {
                <dl class="sum" data-testid="deposit">
                    {lines.collect_view()}
                    <div class="sum__line sum__line--total">
                        <dt>"You deposit"</dt>
                        <dd>{total}</dd>
                    </div>
                </dl>
            })
        })
    }
}

impl Desk {
    /// What stands in the way of a launch.
    fn blockers(self) -> Vec<String> {
        // An empty field that waits for the server's default is not the person's mistake.
        let is_offered =
            self.reward_typed.with(Option::is_some) || self.defaults.with(Option::is_some);
        let (reward, clock) = (self.reward().err().filter(|_| is_offered), self.clock().err());
        let is_right_chain = self.wallet.is_right_chain().get();
        let preflight = self.preflight.get();
        self.review.with(|review| {
            Readiness {
                review: review.as_ref(),
                has_wallet: self.account.get().is_some(),
                is_right_chain,
                reward_error: reward.as_deref(),
                clock_error: clock.as_deref(),
                preflight: preflight.as_ref(),
            }
            .blockers()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rehearsal_says_how_long_it_takes() {
        assert_eq!(
            in_wall_time(480, 480),
            "A rehearsal: 8h of mission time pass in about 60 seconds."
        );
        assert_eq!(
            in_wall_time(480, 60),
            "A rehearsal: 8h of mission time pass in about 8 minutes."
        );
        assert_eq!(in_wall_time(480, 1), "A rehearsal: 8h of mission time pass in about 8 hours.");
    }
}
