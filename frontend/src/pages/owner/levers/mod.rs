//! Levers: the fleet, one mission at a time, and the registry of model adapters.

mod adapters;
mod fleet;
mod roles;
mod view_model;

use leptos::prelude::*;
use phase8_shared::api::{MissionPhase, MissionSummary};
use phase8_shared::id::MissionId;

use crate::lever::{LeverRail, use_desk};
use crate::live::LiveMission;
use crate::pages::missions::view_model::phase_words;
use crate::pages::owner::center::use_center;
use crate::pages::owner::polled::Faces;
use crate::ui::Card;

/// The mission to start with: the newest that is not over.
fn first(missions: &[MissionSummary]) -> Option<MissionId> {
    let is_over = |it: &&MissionSummary| {
        matches!(it.phase, MissionPhase::Completed | MissionPhase::Failed | MissionPhase::Refunded)
    };
    missions.iter().find(|it| !is_over(it)).map(|it| it.id)
}

/// The part.
#[component]
pub(super) fn LeversSection() -> impl IntoView {
    let (center, desk) = (use_center(), use_desk());
    let missions = center.missions.value();
    let chosen = RwSignal::new(None::<Option<MissionId>>);
    let selected = Memo::new(move |_| {
        chosen.get().unwrap_or_else(|| {
            missions.with(|list| list.as_ref().and_then(|list| first(&list.missions)))
        })
    });
    // Tells the desk the missions' names, for words about their keys.
    Effect::new(move |_| {
        missions.with(|list| {
            for mission in list.iter().flat_map(|list| &list.missions) {
                desk.tell_name(mission.id.key().0, &mission.name);
            }
        });
    });
    let choose = move |event| chosen.set(Some(event_target_value(&event).parse().ok()));
    let options = move || {
        missions.with(|list| {
            let options = list.iter().flat_map(|list| &list.missions).map(|mission| {
                let id = mission.id;
                let words = format!("{} · {} · {}", mission.name, id.short(), phase_words(mission.phase).1);
                view! { <option value=id.to_string() selected=move || selected.get() == Some(id)>{words}</option> }
            });
            options.collect_view()
        })
    };
    view! {
        <div class="owner__stack">
            <Card title="Mission" testid="owner-mission">
                <Faces face=center.missions.face() loading="Reading the missions" on_retry=center.retry()>
                    <div class="field">
                        <label class="field__label" for="owner-mission-select">"Show the levers of"</label>
                        <select
                            class="input"
                            id="owner-mission-select"
                            data-testid="owner-mission-select"
                            on:change=choose
                        >
                            <option value="" selected=move || selected.with(Option::is_none)>"the fleet alone"</option>
                            {options}
                        </select>
                    </div>
                </Faces>
            </Card>
            {move || match selected.get() {
                Some(id) => view! { <OfMission id /> }.into_any(),
                None => view! { <fleet::FleetLevers /> }.into_any(),
            }}
            <adapters::Adapters />
            <roles::RoleAdapter />
        </div>
    }
    .into_any()
}

/// The levers of a mission, with those of the fleet.
#[component]
fn OfMission(id: MissionId) -> impl IntoView {
    let live = LiveMission::open(id);
    view! {
        <div class="owner__rail" data-testid="owner-mission-levers" data-id=id.to_string()>
            <LeverRail live />
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use phase8_shared::time::Timestamp;

    use super::*;
    use crate::live::sample;

    #[test]
    fn the_newest_mission_that_is_not_over_comes_first() {
        let journal = sample::journal();
        let summary = |id, phase| {
            let mut summary =
                MissionSummary::of(journal.state().unwrap(), Timestamp::from_millis(0));
            (summary.id, summary.phase) = (MissionId::from_bytes([id; 16]), phase);
            summary
        };
        let missions = [
            summary(3, MissionPhase::Completed),
            summary(2, MissionPhase::Paused),
            summary(1, MissionPhase::Running),
        ];

        assert_eq!(first(&missions), Some(MissionId::from_bytes([2; 16])));
        assert_eq!(first(&missions[..1]), None);
    }
}
