//! The plan's steps: who does what, and how far it is.

use std::sync::Arc;

use leptos::prelude::*;
use phase8_shared::id::StepId;
use phase8_shared::mission::{MissionState, StepState, StepStatus};

use crate::pages::mission::deliverable::{OpenDeliverable, Reader};
use crate::ui::{Card, StatusPill, Tone};

/// The steps in plan order.
#[component]
pub(crate) fn Steps(
    /// The mission's state.
    state: Signal<Arc<MissionState>>,
    /// Where deliverables are read.
    reader: Reader,
) -> impl IntoView {
    let steps = Memo::new(move |_| state.with(|state| state.steps.clone()));
    let ids = move || steps.with(|steps| steps.iter().map(|step| step.plan.id).collect::<Vec<_>>());
    view! {
        <Card title="Steps" id="steps">
            <ol class="steps">
                <For each=ids key=|id| *id let:id>
                    <Step steps id reader />
                </For>
            </ol>
        </Card>
    }
}

#[component]
fn Step(steps: Memo<Vec<StepState>>, id: StepId, reader: Reader) -> impl IntoView {
    let step = Memo::new(move |_| steps.with(|steps| steps.get(usize::from(id.0)).cloned()));
    let tone = Signal::derive(move || {
        step.with(|step| step.as_ref().map_or(Tone::Unknown, |step| words(step).0))
    });
    let label = Signal::derive(move || {
        step.with(|step| step.as_ref().map(|step| words(step).1)).unwrap_or_default()
    });
    let title = Memo::new(move |_| {
        step.with(|step| step.as_ref().map(|step| step.plan.title.clone())).unwrap_or_default()
    });
    let role = move || step.with(|step| step.as_ref().map(|step| step.plan.role.to_string()));
    let commitment = Memo::new(move |_| {
        step.with(|step| step.as_ref().and_then(|step| step.status.commitment()))
    });
    view! {
        <li class="step" data-testid="step">
            <div class="step__words">
                <span class="step__title">{move || title.get()}</span>
                <span class="step__role">{role}</span>
            </div>
            <StatusPill tone label />
            {move || {
                commitment.get().map(|commitment| view! { <OpenDeliverable reader commitment title=title.get() /> })
            }}
        </li>
    }
}

fn words(step: &StepState) -> (Tone, String) {
    match &step.status {
        StepStatus::Waiting => (Tone::Off, "Waits for others".to_owned()),
        StepStatus::Working { .. } => match step.turns_done {
            0 => (Tone::Work, "At work".to_owned()),
            turns => (Tone::Work, format!("At work, turn {}", u16::from(turns) + 1)),
        },
        StepStatus::Delivered { .. } => (Tone::Work, "Delivered".to_owned()),
        StepStatus::Done { at, .. } => (Tone::Ok, format!("Done at T+{at}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::sample;

    #[test]
    fn a_step_says_how_far_it_is() {
        let at = |taken| {
            let journal = sample::journal_of(sample::ledger().into_iter().take(taken).collect());
            words(&journal.state().unwrap().steps[0]).1
        };

        assert_eq!(at(3), "Waits for others");
        assert_eq!(at(4), "At work");
        assert_eq!(at(6), "At work, turn 2");
        assert_eq!(at(10), "Delivered");
        assert!(at(11).starts_with("Done at T+"));
    }
}
