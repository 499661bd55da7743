//! One mission: its ledger as a timeline, its milestones, its budget, what waits for validators, and the levers.

mod approvals;
mod budget;
mod deliverable;
mod head;
mod held;
mod milestones;
mod questions;
mod steps;
mod timeline;
mod wrap_up;

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use phase8_shared::api::ProblemCode;
use phase8_shared::id::MissionId;
use phase8_shared::mission::MissionState;

use crate::api::ClientError;
use crate::lever::LeverRail;
use crate::live::{Connection, LiveMission};
use crate::pages::mission::approvals::Approvals;
use crate::pages::mission::budget::BudgetCard;
use crate::pages::mission::deliverable::Reader;
use crate::pages::mission::head::MissionHeader;
use crate::pages::mission::held::HeldSteps;
use crate::pages::mission::milestones::Milestones;
use crate::pages::mission::questions::Questions;
use crate::pages::mission::steps::Steps;
use crate::pages::mission::timeline::Timeline;
use crate::pages::mission::wrap_up::WrapUp;
use crate::routes::Route;
use crate::ui::{EmptyState, Glyph, PageHeader, ProblemCard, Skeleton};

/// The page.
#[component]
pub(crate) fn MissionPage() -> impl IntoView {
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.read().get("id").and_then(|text| text.parse::<MissionId>().ok()));
    view! {
        {move || match id.get() {
            Some(id) => view! { <Mission id /> }.into_any(),
            None => view! { <NoSuchMission text="The address does not hold a mission's id: 32 digits from 0 to f." /> }.into_any(),
        }}
    }
    .into_any()
}

/// What the page looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Face {
    Loading,
    Missing,
    Problem(ClientError),
    Full,
}

#[component]
fn Mission(id: MissionId) -> impl IntoView {
    let live = LiveMission::open(id);
    let face =
        Memo::new(move |_| match (live.state().with(Option::is_some), live.connection().get()) {
            (true, _) => Face::Full,
            (false, Connection::Problem(error)) if error.code() == Some(ProblemCode::NotFound) => {
                Face::Missing
            }
            (false, Connection::Problem(error)) => Face::Problem(error),
            (false, _) => Face::Loading,
        });
    let retry = Callback::new(move |()| live.retry());
    view! {
        {move || match face.get() {
            Face::Loading => {
                view! {
                    <PageHeader title="Mission" subtitle="Reading the ledger" />
                    <Skeleton lines=10 label="Loading the mission" />
                }
                    .into_any()
            }
            Face::Missing => view! { <NoSuchMission text="No mission with this id was launched here." /> }.into_any(),
            Face::Problem(error) => {
                view! {
                    <PageHeader title="Mission" />
                    <ProblemCard trouble=error on_retry=retry />
                }
                    .into_any()
            }
            Face::Full => live.state().get_untracked().map(|first| view! { <FullMission live first /> }).into_any(),
        }}
    }
}

/// The mission with everything on it.
#[component]
fn FullMission(live: LiveMission, first: Arc<MissionState>) -> impl IntoView {
    let state = Signal::derive(move || live.state().get().unwrap_or_else(|| Arc::clone(&first)));
    let reader = Reader::of(live.id());
    view! {
        <MissionHeader live state />
        // Shown where the page is one long column.
        <nav class="jump" aria-label="Parts of this page">
            <a href="#levers">"Levers"</a>
            <a href="#timeline">"Timeline"</a>
            <a href="#milestones">"Milestones"</a>
            <a href="#budget">"Budget"</a>
            <a href="#archive">"Archive"</a>
        </nav>
        <div class="mission">
            <div class="mission__main">
                <Questions live state reader />
                <Approvals live state reader />
                <HeldSteps live state />
                <Milestones live state reader />
                <Steps state reader />
                <Timeline live state reader />
            </div>
            <div class="mission__side">
                <BudgetCard live state />
                <WrapUp id=live.id() state />
                <LeverRail live />
            </div>
        </div>
        <deliverable::ReaderDialog reader />
    }
}

#[component]
fn NoSuchMission(#[prop(into)] text: String) -> impl IntoView {
    view! {
        <PageHeader title="No such mission" />
        <EmptyState title="There is no such mission here" text=text glyph=Glyph::Unknown>
            <A href=Route::Missions.path() attr:class="button">
                "All missions"
            </A>
        </EmptyState>
    }
}
