//! The lever rail of a mission.

use leptos::prelude::*;
use phase8_shared::chain::Lever;
use phase8_shared::money::MicroUsd;

use crate::format;
use crate::lever::Levers;
use crate::lever::cap::CapLever;
use crate::lever::card::LeverCard;
use crate::live::LiveMission;
use crate::ui::{Card, CopyText, Glyph, ProblemCard, Skeleton, StatusPill, Tone};

/// Every lever of a mission, and what the chain says about them.
#[component]
pub(crate) fn LeverRail(
    /// The mission.
    live: LiveMission,
) -> impl IntoView {
    let levers = Levers::of(live);
    let committed = Signal::derive(move || {
        live.state().with(|state| {
            state.as_ref().map_or(MicroUsd::ZERO, |state| state.budget.spent.saturating_add(state.budget.reserved))
        })
    });
    view! {
        <Card title="Levers" id="levers">
            <Readiness levers />
            <div class="levers">
                <LeverCard levers lever=Lever::PauseFleet glyph=Glyph::Pause />
                <LeverCard levers lever=Lever::ResumeFleet glyph=Glyph::Launch />
                <LeverCard levers lever=Lever::TripwirePause glyph=Glyph::Shield />
                <CapLever levers committed />
            </div>
        </Card>
    }
}

/// How the fleet stands and who may flip what, as read from the chain.
#[component]
fn Readiness(levers: Levers) -> impl IntoView {
    let face = move || match levers.readings() {
        None => view! { <Skeleton lines=2 label="Reading the chain" /> }.into_any(),
        Some(Err(error)) => {
            let retry = Callback::new(move |()| levers.refresh());
            view! { <ProblemCard trouble=error on_retry=retry /> }.into_any()
        }
        Some(Ok(readings)) => {
            let (tone, words) =
                if readings.paused { (Tone::Paused, "Fleet paused") } else { (Tone::Ok, "Fleet runs") };
            view! {
                <div class="readiness">
                    <StatusPill tone label=words />
                    <span class="readiness__who">
                        "Owner "
                        <CopyText text=readings.owner.to_string() label="owner" />
                    </span>
                    <span class="readiness__who">
                        "Guardian "
                        <CopyText text=readings.guardian.to_string() label="pause guardian" />
                    </span>
                    <span class="readiness__block">{format!("read at block {}", readings.block)}</span>
                </div>
            }
                .into_any()
        }
    };
    // A reading is shown anew only when it says something else; the block alone moves too often to matter.
    let told = Memo::new(move |_| {
        levers.readings().map(|reading| {
            reading.map(|readings| (readings.paused, format::short_address(&readings.owner), readings.guardian, readings.cap))
        })
    });
    view! {
        {move || {
            told.track();
            untrack(face)
        }}
    }
}
