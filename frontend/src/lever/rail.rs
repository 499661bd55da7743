//! The lever rail of a mission.

use alloy_primitives::Address;
use leptos::prelude::*;
use phase8_shared::chain::Lever;
use phase8_shared::money::MicroUsd;

use crate::api::ClientError;
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
            state.as_ref().map_or(MicroUsd::ZERO, |state| {
                state.budget.spent.saturating_add(state.budget.reserved)
            })
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

/// What the readings say, without the block they were read at, which moves too often to matter.
type Told = Result<(bool, Address, Address), ClientError>;

/// How the fleet stands and who may flip what, as read from the chain.
#[component]
fn Readiness(levers: Levers) -> impl IntoView {
    let told = Memo::new(move |_| {
        levers.readings().map(|it| -> Told {
            it.map(|readings| (readings.paused, readings.owner, readings.guardian))
        })
    });
    let retry = Callback::new(move |()| levers.refresh());
    view! {
        {move || match told.get() {
            None => view! { <Skeleton lines=1 label="Reading the chain" /> }.into_any(),
            Some(Err(error)) => view! { <ProblemCard trouble=error on_retry=retry /> }.into_any(),
            Some(Ok((paused, owner, guardian))) => {
                let (tone, words) = if paused { (Tone::Paused, "Fleet paused") } else { (Tone::Ok, "Fleet runs") };
                view! {
                    <div class="readiness">
                        <StatusPill tone label=words />
                        <span>"Owner "<CopyText text=owner.to_string() label="owner" /></span>
                        <span>"Guardian "<CopyText text=guardian.to_string() label="pause guardian" /></span>
                    </div>
                }
                    .into_any()
            }
        }}
    }
}
