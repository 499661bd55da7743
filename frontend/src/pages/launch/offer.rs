//! Reward, clock, deposit, and the button that launches.

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::api::{CreateMission, ProblemCode};
use phase8_shared::id::MissionId;
use phase8_shared::time::Timestamp;

use super::blockers::Readiness;
use super::desk::{Desk, use_desk};
use super::draft::LaunchRecord;
use super::funding::Funding;
use super::plan_chart::short_minutes;
use super::terms;
use crate::api;
use crate::format;
use crate::ui::{Button, ButtonKind, Card, Field, Glyph, Icon, ProblemCard, Trouble};

/// The offer, then the signatures.
#[component]
pub(super) fn OfferCard() -> impl IntoView {
    let desk = use_desk();
    let begun = Memo::new(move |_| desk.launch.with(|launch| launch.as_ref().is_some_and(|launch| launch.is_created)));
    let foreign = Memo::new(move |_| {
        let operator = desk.launch.with(|launch| launch.as_ref().map(|launch| launch.operator))?;
        (desk.account.get() != Some(operator)).then_some(operator)
    });
    view! {
        <Card title="Launch">
            {move || match (begun.get(), foreign.get()) {
                (false, _) => view! { <Offer /> }.into_any(),
                (true, Some(operator)) => view! { <OtherAccount operator /> }.into_any(),
                (true, None) => view! { <Funding /> }.into_any(),
            }}
        </Card>
    }
}

/// The launch was begun with another wallet.
#[component]
fn OtherAccount(operator: Address) -> impl IntoView {
    let desk = use_desk();
    let over = Callback::new(move |()| desk.launch.set(None));
    view! {
        <p class="note">
            "A launch was begun with the wallet " <span class="mono">{format::short_address(&operator)}</span>
            ". Connect it to go on, or start over with the wallet that is connected now; your file is kept."
        </p>
        <div class="row">
            <Button kind=ButtonKind::Primary on_press=Callback::new(move |()| desk.wallet.open_picker())>
                "Choose a wallet"
            </Button>
            <Button on_press=over testid="start-over">"Start over"</Button>
        </div>
    }
}

#[component]
fn Offer() -> impl IntoView {
    let desk = use_desk();
    let begin = Action::new_local(move |(): &()| desk.begin());
    let blockers = Memo::new(move |_| desk.blockers());
    let failed = move || begin.value().get().and_then(Result::err);
    let press = Callback::new(move |()| {
        begin.dispatch(());
    });
    let reason = move || {
        blockers.with(|blockers| {
            let lines = blockers.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
            (!blockers.is_empty()).then(|| view! { <ul class="blockers">{lines}</ul> })
        })
    };
    view! {
        <RewardField />
        <ClockField />
        <DepositLines />
        <div class="launch__act">
            <Button
                kind=ButtonKind::Primary
                on_press=press
                disabled=Signal::derive(move || blockers.with(|blockers| !blockers.is_empty()))
                busy=begin.pending()
                testid="launch"
                described_by="launch-reason"
            >
                <Icon glyph=Glyph::Launch />
                {move || if begin.pending().get() { "Preparing…" } else { "Launch Mission" }}
            </Button>
            <div id="launch-reason" class="launch__reason" role="status">
                {reason}
                <Show when=move || blockers.with(Vec::is_empty)>
                    <p class="note">"Two signatures follow: the exact allowance, then the deposit. Nothing is signed yet."</p>
                </Show>
            </div>
        </div>
        {move || failed().map(|trouble| view! { <ProblemCard trouble on_retry=press /> })}
    }
}

#[component]
fn RewardField() -> impl IntoView {
    let desk = use_desk();
    let error = Signal::derive(move || desk.reward().err().filter(|_| desk.reward_typed.with(Option::is_some)));
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
    let error = Signal::derive(move || desk.clock().err().filter(|_| desk.clock_typed.with(Option::is_some)));
    let hint = Signal::derive(move || {
        if !desk.is_rehearsal() {
            return "Real time: a faster clock is for jobs whose adapters are all rehearsals.".to_owned();
        }
        let minutes = desk.review.with(|review| Some(review.as_ref()?.spec.as_ref()?.max_duration_minutes.get()));
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
        let (reward, clock) = (self.reward().err(), self.clock().err());
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

    /// Creates the mission. The id is remembered before it is sent, so that a lost answer is no second launch.
    async fn begin(self) -> Result<(), Trouble> {
        let Some((record, launch)) = untrack(|| self.proposal()) else {
            return Err(Trouble::new("The launch cannot begin", "Something it needs is missing.", "Look at the list above."));
        };
        self.launch.set(Some(record.clone()));
        match api::create_mission(record.id, &launch).await {
            Ok(_) => {
                self.launch.set(Some(LaunchRecord { is_created: true, ..record }));
                Ok(())
            }
            Err(error) => {
                if error.code() == Some(ProblemCode::MissionExists) {
                    // The next attempt draws a fresh id.
                    self.launch.set(None);
                }
                Err(error.into())
            }
        }
    }

    /// The launch as it stands on the page: under the id that was tried before, if nothing changed since.
    fn proposal(self) -> Option<(LaunchRecord, CreateMission)> {
        let (operator, reward, clock) = (self.account.get()?, self.reward().ok()?, self.clock().ok()?);
        let spec = self.upload.with(|upload| upload.as_ref().map(|upload| upload.text.clone()))?;
        let same = |record: &LaunchRecord| record.operator == operator && record.reward == reward && record.clock == clock;
        let record = match self.launch.get().filter(same) {
            Some(record) => record,
            None => {
                LaunchRecord { id: draw_id()?, operator, reward, clock, is_created: false, approve: None, fund: None }
            }
        };
        Some((record, CreateMission { spec, operator, reward, clock_scale: clock }))
    }
}

/// A mission id of 16 bytes from the browser's own generator.
fn draw_id() -> Option<MissionId> {
    let mut bytes = [0_u8; 16];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(MissionId::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rehearsal_says_how_long_it_takes() {
        assert_eq!(in_wall_time(480, 480), "A rehearsal: 8h of mission time pass in about 60 seconds.");
        assert_eq!(in_wall_time(480, 60), "A rehearsal: 8h of mission time pass in about 8 minutes.");
        assert_eq!(in_wall_time(480, 1), "A rehearsal: 8h of mission time pass in about 8 hours.");
    }
}
