//! What the operator may set: the reward, and the speed of a rehearsal's clock.

use leptos::prelude::*;

use super::desk::use_desk;
use super::plan_chart::short_minutes;
use crate::ui::Field;

/// What the agents earn together.
#[component]
pub(super) fn RewardField() -> impl IntoView {
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

/// How fast a rehearsal's clock runs.
#[component]
pub(super) fn ClockField() -> impl IntoView {
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
