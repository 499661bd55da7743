//! Human Co-pilot: whether a person must work along.

use leptos::prelude::*;
use phase8_shared::chain::Lever;

use crate::lever::panel::LeverPanel;
use crate::lever::place::Place;
use crate::lever::rail::MissionLevers;
use crate::ui::Glyph;

/// Asks for the co-pilot at once, releases it after the delay.
#[component]
pub(super) fn CoPilotLever(levers: MissionLevers) -> impl IntoView {
    let mission = levers.live.id();
    let (lever, idle) = levers.offer(move |readings| Lever::CoPilot {
        mission: mission.key(),
        required: !readings.co_pilot,
    });
    let place = Place::of("lever-copilot", mission);
    view! { <LeverPanel place lever live=levers.live title="Human Co-pilot" glyph=Glyph::Sign idle /> }
}
