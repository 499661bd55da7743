//! The levers of the whole fleet: pause, resume, tripwire.

use alloy_primitives::U256;
use alloy_sol_types::SolCall;
use leptos::prelude::*;
use phase8_shared::api::TripView;
use phase8_shared::chain::abi::IGuardianCouncil;
use phase8_shared::chain::{Call, Lever};

use crate::lever::errand::CallButton;
use crate::lever::panel::LeverPanel;
use crate::lever::place::Place;
use crate::lever::rail::MissionLevers;
use crate::ui::{Glyph, Icon, Tone};

/// Pause Fleet.
#[component]
pub(super) fn PauseLever(levers: MissionLevers) -> impl IntoView {
    let (lever, idle) = levers.offer(|_| Lever::PauseFleet);
    let place = Place::new("lever-pause-fleet");
    view! { <LeverPanel place lever live=levers.live title="Pause Fleet" glyph=Glyph::Pause idle /> }
}

/// Resume Fleet, or Resume after Tripwire with the guardians' co-signatures.
#[component]
pub(super) fn ResumeLever(levers: MissionLevers) -> impl IntoView {
    let (lever, idle) = levers.offer(|readings| {
        if readings.tripped { Lever::ResumeAfterTripwire } else { Lever::ResumeFleet }
    });
    let place = Place::new("lever-resume-fleet");
    view! {
        <LeverPanel place lever live=levers.live title="Resume Fleet" glyph=Glyph::Launch idle>
            <Cosign />
        </LeverPanel>
    }
}

/// Tripwire Pause.
#[component]
pub(super) fn TripwireLever(levers: MissionLevers) -> impl IntoView {
    let (lever, idle) = levers.offer(|_| Lever::TripwirePause);
    let place = Place::new("lever-tripwire");
    view! { <LeverPanel place lever live=levers.live title="Tripwire Pause" glyph=Glyph::Shield idle /> }
}

/// While a tripwire holds the fleet: who co-signed its end, and the button for a guardian who did not.
#[component]
pub(crate) fn Cosign() -> impl IntoView {
    let desk = crate::lever::use_desk();
    let trip = Memo::new(move |_| {
        desk.governance.known().with(|view| {
            let view = view.as_ref()?;
            Some((view.trip.clone()?, view.council.clone()))
        })
    });
    move || {
        trip.get().map(|(trip, council)| {
            let given = u64::try_from(trip.cosigners.len()).unwrap_or(u64::MAX);
            let enough = given >= council.cosignatures_needed;
            let words = format!(
                "Tripwire {}: {given} of {} co-signatures of the guardian council.",
                trip.trip, council.cosignatures_needed
            );
            let tone = if enough { Tone::Ok } else { Tone::Wait };
            let account = desk.account.get();
            let may = account.is_some_and(|account| {
                council.members.contains(&account) && !trip.cosigners.contains(&account)
            });
            let call = may.then(|| cosign_call(desk, &trip)).flatten();
            view! {
                <p class=format!("lever__check tone--{}", tone.as_str()) data-testid="cosign-state">
                    <Icon glyph=Glyph::from(tone) />
                    <span>{words}</span>
                </p>
                {call.map(|call| view! { <CallButton call label="Co-sign the resume" testid="lever-cosign" /> })}
            }
        })
    }
}

fn cosign_call(desk: crate::lever::Desk, trip: &TripView) -> Option<Call> {
    let contracts = desk.deployment.with(|it| it.as_ref().map(|it| it.contracts))?;
    let call = IGuardianCouncil::cosignResumeCall { trip: U256::from(trip.trip) };
    Some(Call { to: contracts.guardian_council, data: call.abi_encode().into() })
}
