//! Directives: what the owner wants, beside what is, with a lever for each difference.

mod surfaces;
#[cfg(test)]
mod tests;
mod view_model;

use leptos::prelude::*;
use phase8_shared::checker::Task;
use phase8_shared::policy::{DirectiveSeverity, ManifestIndex, OwnerDirectives};

use self::view_model::{HEADINGS, PLACE, Stand};
use crate::lever::{LeverPanel, Place, use_desk};
use crate::pages::owner::center::use_center;
use crate::pages::owner::documents::plan_documents;
use crate::pages::owner::findings::FindingsCard;
use crate::pages::owner::polled::Faces;
use crate::pages::owner::rows::{Cell, Row, Sorting};
use crate::pages::owner::table::{DataTable, Plan};
use crate::ui::{Card, DropZone, Tone, Wanted};

const FILE: Wanted = Wanted { file: "owner-directives.json", id: "owner-directives-file" };

const PARAMETERS: Plan = Plan {
    caption: "Parameters, current and desired",
    testid: "owner-directed",
    headings: HEADINGS,
    empty: ("No parameter is named", "The directives ask for no change."),
};

const ROLES: Plan = Plan {
    caption: "Roles that the directives name",
    testid: "owner-directed-roles",
    headings: &["Role", "Named", "State"],
    empty: ("No role is named", "The directives name nobody."),
};

const TRIPWIRES: Plan = Plan {
    caption: "Tripwires",
    testid: "owner-directed-tripwires",
    headings: &["Tripwire", "Severity", "Response"],
    empty: ("No tripwire is named", "The directives say nothing about tripwires."),
};

/// The part.
#[component]
pub(super) fn DirectivesSection() -> impl IntoView {
    let center = use_center();
    let read = Memo::new(move |_| {
        center.directives.with(|file| file.as_ref().map(|file| view_model::read(&file.text)))
    });
    let directives = Memo::new(move |_| {
        read.with(|read| read.as_ref().and_then(|read| read.directives.clone()))
    });
    let has_file = Memo::new(move |_| read.with(Option::is_some));
    let is_shown = Memo::new(move |_| directives.with(Option::is_some));
    let findings = Signal::derive(move || {
        read.with(|it| it.as_ref().map(|it| it.findings.clone())).unwrap_or_default()
    });
    let stand = Memo::new(move |_| {
        center
            .manifest
            .with(|manifest| {
                let index =
                    manifest.as_ref().and_then(|manifest| ManifestIndex::read(&manifest.text));
                read.with(|read| {
                    let read = read.as_ref()?;
                    Some(
                        center
                            .registry
                            .value()
                            .with(|it| view_model::stand(read, it.as_ref(), index.as_ref())),
                    )
                })
            })
            .unwrap_or_default()
    });
    let rows = Signal::derive(move || stand.with(|stand| stand.rows.clone()));
    let roles = Signal::derive(move || {
        directives.with(|it| it.as_ref().map(|it| role_rows(center, it)).unwrap_or_default())
    });
    let trips = Signal::derive(move || {
        directives.with(|it| it.as_ref().map(trip_rows).unwrap_or_default())
    });
    let text = move || center.directives.with(|file| file.as_ref().map(|file| file.text.clone()));
    let blocked = move || findings.with(view_model::is_blocked);
    view! {
        <div class="owner__stack">
            <Card title="The file" testid="owner-directives-card">
                <DropZone wanted=FILE upload=center.directives />
            </Card>
            <Show when=move || has_file.get()>
                <FindingsCard findings />
            </Show>
            <Show when=move || is_shown.get()>
                <Card title="Parameters" testid="owner-directed-list">
                    <Faces face=center.registry.face() loading="Reading the registry" on_retry=center.retry()>
                        <DataTable plan=PARAMETERS rows sorting=Sorting::up(4) />
                    </Faces>
                    <Show when=blocked>
                        <p class="direct__refusal">"The file has errors beside its parameters, so no lever is offered: mend them first."</p>
                    </Show>
                </Card>
            </Show>
            <Levers stand />
            <Show when=move || is_shown.get()>
                <surfaces::Surfaces directives />
                <Card title="Roles" testid="owner-directed-role-list">
                    <DataTable plan=ROLES rows=roles sorting=Sorting::up(0) />
                </Card>
                <Card title="Tripwires" testid="owner-directed-tripwire-list">
                    <DataTable plan=TRIPWIRES rows=trips sorting=Sorting::up(1) />
                    {move || directives.get().map(|it| ci_view(&it))}
                </Card>
            </Show>
            {plan_documents("owner-directives-documents", text, |text, manifest, _, now| {
                Task::Directives { text, manifest, now }
            })}
        </div>
    }
    .into_any()
}

/// A lever for each difference; one that was flipped stays, so that it can be undone.
#[component]
fn Levers(stand: Memo<Stand>) -> impl IntoView {
    let desk = use_desk();
    let places = Memo::new(move |_| {
        let mut places: Vec<String> =
            stand.with(|stand| stand.changes.iter().map(|change| change.place.clone()).collect());
        desk.flips().with(|flips| {
            for place in flips
                .keys()
                .map(Place::testid)
                .filter(|place| place.starts_with(PLACE) && !place.ends_with("-cancel"))
            {
                if !places.iter().any(|other| other == place) {
                    places.push(place.to_owned());
                }
            }
        });
        places
    });
    let is_empty = Memo::new(move |_| places.with(Vec::is_empty));
    view! {
        <Show when=move || !is_empty.get()>
            <Card title="Levers that the directives ask for" testid="owner-directed-levers">
                <div class="owner__panels">
                    <For each=move || places.get() key=String::clone let:place>
                        <OfferedLever stand place />
                    </For>
                </div>
            </Card>
        </Show>
    }
    .into_any()
}

#[component]
fn OfferedLever(stand: Memo<Stand>, place: String) -> impl IntoView {
    let testid = place.clone();
    let offered = Memo::new(move |_| {
        stand.with(|stand| stand.changes.iter().find(|it| it.place == place).cloned())
    });
    let lever = Signal::derive(move || offered.with(|it| it.as_ref().map(|it| it.lever.clone())));
    let title = offered.with_untracked(|it| it.as_ref().map(|it| it.title.clone()));
    let idle = Signal::derive(|| Some("The chain is as the directives want it.".to_owned()));
    let title = title.unwrap_or_else(|| "As directed".to_owned());
    view! { <LeverPanel place=Place::new(testid) lever title idle /> }.into_any()
}

fn role_rows(
    center: crate::pages::owner::center::Center,
    directives: &OwnerDirectives,
) -> Vec<Row> {
    center.standing.value().with(|standing| {
        let of = |take: fn(
            &crate::pages::owner::readiness::Standing,
        ) -> Option<alloy_primitives::Address>| {
            standing.as_ref().and_then(take)
        };
        let mut rows = vec![
            view_model::role_row("owner", "Owner", directives.owner, of(|it| it.owner)),
            view_model::role_row(
                "guardian",
                "Pause guardian",
                directives.pause_guardian,
                of(|it| it.guardian),
            ),
        ];
        for (place, member) in directives.governance_council.iter().enumerate() {
            let members = standing.as_ref().and_then(|it| it.members.as_ref());
            let state = match members {
                None => Cell::state(Tone::Unknown, "Not read"),
                Some(members) if members.contains(member) => Cell::state(Tone::Ok, "As on chain"),
                Some(_) => Cell::state(Tone::Bad, "Not in the council"),
            };
            let cells =
                vec![Cell::words("Guardian council"), Cell::copy(member, "guardian"), state];
            rows.push(Row { id: format!("council-{place}"), cells });
        }
        rows
    })
}

fn trip_rows(directives: &OwnerDirectives) -> Vec<Row> {
    let row = |trip: &phase8_shared::policy::DirectedTripwire| {
        let (tone, words, rank): (_, _, u64) = match trip.severity {
            DirectiveSeverity::Critical => (Tone::Bad, "Critical", 0),
            DirectiveSeverity::Warning => (Tone::Warn, "Warning", 1),
            DirectiveSeverity::Info => (Tone::Off, "Info", 2),
        };
        let cells = vec![
            Cell::lines(trip.id.clone(), trip.description.clone()),
            Cell::state(tone, words).by(rank),
            Cell::words(trip.response.clone()),
        ];
        Row { id: trip.id.clone(), cells }
    };
    directives.tripwires.iter().map(row).collect()
}

fn ci_view(directives: &OwnerDirectives) -> AnyView {
    let checks = directives.ci.require_status_checks.join(", ");
    view! {
        <dl class="facts">
            <dt>"CI workflow"</dt>
            <dd class="mono">{directives.ci.workflow.clone()}</dd>
            <dt>"Checks that must pass"</dt>
            <dd>{checks}</dd>
        </dl>
    }
    .into_any()
}
