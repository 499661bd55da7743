//! Every mission: where it stands, what it has spent, and what waits for whom.

mod row;
pub(crate) mod view_model;

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::components::A;
use phase8_shared::api::{MissionList, MissionSummary};

use crate::api::{self, ClientError};
use crate::format;
use crate::inbox::waiting;
use crate::pages::missions::row::MissionRow;
use crate::pages::missions::view_model::{Column, Sort};
use crate::routes::Route;
use crate::ui::{Button, ButtonKind, EmptyState, Glyph, Icon, PageHeader, ProblemCard, Skeleton};

/// How often the list is read again.
const PERIOD: Duration = Duration::from_secs(3);

/// What the page looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Face {
    Loading,
    Problem(ClientError),
    Empty,
    Full,
}

/// The page.
#[component]
pub(crate) fn MissionsPage() -> impl IntoView {
    let missions = LocalResource::new(api::missions);
    if let Ok(interval) = set_interval_with_handle(move || missions.refetch(), PERIOD) {
        on_cleanup(move || interval.clear());
    }
    let list = Memo::new(move |_| missions.get());
    let subtitle = Signal::derive(move || match list.get() {
        Some(Ok(MissionList { missions })) => {
            let all = format::count(missions.len(), "mission", "missions");
            match waiting(&missions) {
                0 => all,
                things => {
                    let things = format::count(things, "thing waits", "things wait");
                    format!("{all}; {things} for people")
                }
            }
        }
        Some(Err(_)) | None => String::new(),
    });
    let retry = Callback::new(move |()| missions.refetch());
    let face = Memo::new(move |_| match list.get() {
        None => Face::Loading,
        Some(Err(error)) => Face::Problem(error),
        Some(Ok(MissionList { missions })) if missions.is_empty() => Face::Empty,
        Some(Ok(_)) => Face::Full,
    });
    view! {
        <PageHeader
            title="Missions"
            subtitle
            tools=move || {
                view! {
                    <Button kind=ButtonKind::Quiet on_press=retry name="Refresh the list">
                        <Icon glyph=Glyph::Refresh />
                    </Button>
                }
            }
        />
        {move || match face.get() {
            Face::Loading => view! { <Skeleton lines=6 label="Loading missions" /> }.into_any(),
            Face::Problem(error) => view! { <ProblemCard trouble=error on_retry=retry /> }.into_any(),
            Face::Empty => view! { <NoMission /> }.into_any(),
            Face::Full => {
                let rows = Signal::derive(move || list.get().and_then(Result::ok).map(|list| list.missions).unwrap_or_default());
                view! { <MissionTable rows /> }.into_any()
            }
        }}
    }
    .into_any()
}

/// The missions as a table; on a narrow screen each row is a card.
#[component]
fn MissionTable(rows: Signal<Vec<MissionSummary>>) -> impl IntoView {
    let sort = RwSignal::new(Sort::NEWEST);
    let sorted = Memo::new(move |_| sort.get().apply(rows.get()));
    let heading = move |column: Column| {
        view! {
            <th scope="col" aria-sort=move || sort.get().aria(column)>
                <button
                    type="button"
                    class="table__sort"
                    on:click=move |_| sort.update(|sort| *sort = sort.pressed(column))
                >
                    {column.label()}
                </button>
            </th>
        }
    };
    view! {
        <div class="missions">
            <table class="table missions__table">
                <caption class="visually-hidden">"Missions; press a heading to sort"</caption>
                <thead>
                    <tr>
                        {Column::ALL.map(heading).collect_view()}
                        <th scope="col">"Waits for"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || sorted.get() key=|mission| mission.id let:mission>
                        <MissionRow rows first=mission />
                    </For>
                </tbody>
            </table>
        </div>
    }
}

/// What stands where no mission is yet.
#[component]
fn NoMission() -> impl IntoView {
    view! {
        <EmptyState title="No mission yet" text="Upload a job spec and launch the first one." glyph=Glyph::Launch>
            <A href=Route::Launch.path() attr:class="button button--primary">
                <Icon glyph=Glyph::Launch />
                "Launch a mission"
            </A>
        </EmptyState>
    }
}
