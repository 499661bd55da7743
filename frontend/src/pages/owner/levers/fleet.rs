//! The levers of the fleet, where no mission is chosen.

use leptos::prelude::*;
use phase8_shared::chain::Lever;

use crate::lever::{LeverPanel, Place};
use crate::pages::owner::center::use_center;
use crate::pages::owner::polled::Faces;
use crate::pages::owner::queue::Tripwire;
use crate::ui::{Card, Glyph};

/// How the fleet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fleet {
    Runs,
    Paused,
    Tripped,
}

/// The lever of each place, or why there is nothing to flip.
type Offered = Result<Lever, &'static str>;

const fn pause(fleet: Fleet) -> Offered {
    match fleet {
        Fleet::Runs => Ok(Lever::PauseFleet),
        Fleet::Paused | Fleet::Tripped => Err("The fleet stands still already."),
    }
}

const fn resume(fleet: Fleet) -> Offered {
    match fleet {
        Fleet::Runs => Err("The fleet is not paused."),
        Fleet::Paused => Ok(Lever::ResumeFleet),
        Fleet::Tripped => Ok(Lever::ResumeAfterTripwire),
    }
}

const fn trip(fleet: Fleet) -> Offered {
    match fleet {
        Fleet::Runs | Fleet::Paused => Ok(Lever::TripwirePause),
        Fleet::Tripped => Err("A tripwire holds the fleet already."),
    }
}

/// The levers.
#[component]
pub(super) fn FleetLevers() -> impl IntoView {
    let center = use_center();
    let fleet = Memo::new(move |_| {
        center.standing.value().with(|it| {
            let it = it.as_ref()?;
            Some(match (it.paused?, it.tripped?) {
                (_, true) => Fleet::Tripped,
                (true, false) => Fleet::Paused,
                (false, false) => Fleet::Runs,
            })
        })
    });
    let panel =
        move |place: &'static str, title: &'static str, glyph: Glyph, of: fn(Fleet) -> Offered| {
            let lever = Memo::new(move |_| fleet.get().and_then(|fleet| of(fleet).ok()));
            let idle = Signal::derive(move || match fleet.get() {
                None => Some("Reading the chain…".to_owned()),
                Some(fleet) => of(fleet).err().map(str::to_owned),
            });
            view! { <LeverPanel place=Place::new(place) lever title glyph idle /> }
        };
    view! {
        <Card title="Fleet" testid="owner-fleet">
            <Faces face=center.standing.face() loading="Reading the fleet's switch" on_retry=center.retry()>
                <div class="owner__panels">
                    {panel("lever-pause-fleet", "Pause Fleet", Glyph::Pause, pause)}
                    {panel("lever-resume-fleet", "Resume Fleet", Glyph::Launch, resume)}
                    {panel("lever-tripwire", "Tripwire Pause", Glyph::Shield, trip)}
                </div>
            </Faces>
        </Card>
        <Tripwire />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_of_the_fleet_offers_its_own_way_out() {
        assert_eq!(resume(Fleet::Paused), Ok(Lever::ResumeFleet));
        assert_eq!(resume(Fleet::Tripped), Ok(Lever::ResumeAfterTripwire));
        assert!(resume(Fleet::Runs).is_err());
        assert!(pause(Fleet::Tripped).is_err() && trip(Fleet::Tripped).is_err());
        assert_eq!(trip(Fleet::Paused), Ok(Lever::TripwirePause));
    }
}
