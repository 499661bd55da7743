//! Launch: upload a job spec, see what it means, check that everything is ready, sign, go.

mod blockers;
mod checklist;
mod deposit;
mod desk;
mod draft;
mod findings;
mod launching;
mod offer;
mod offer_fields;
mod plan_chart;
mod prepare;
mod receipt;
mod review;
mod signatures;
mod signing;
mod simulation;
mod steps;
mod summary;
mod terms;
mod upload;

use leptos::prelude::*;

use crate::ui::{Card, EmptyState, Glyph, PageHeader};

/// The job spec that the page offers for a first try.
const SAMPLE: &str = include_str!("../../../../configs/job.multi-agent.json");

/// The launch page.
#[component]
pub(crate) fn LaunchPage() -> impl IntoView {
    let desk = desk::Desk::provide();
    let has_file = Memo::new(move |_| desk.upload.with(Option::is_some));
    view! {
        <PageHeader
            title="Launch a mission"
            subtitle="Upload a job spec, read what it means, check that everything is ready, then sign."
        />
        <div class="launch">
            <div class="launch__main">
                <upload::UploadCard />
                <Show when=move || has_file.get() fallback=NothingYet>
                    <findings::FindingsCard />
                    <summary::SummaryCard />
                    <simulation::SimulationCard />
                </Show>
            </div>
            <div class="launch__side">
                <checklist::ChecklistCard />
                <div class="launch__offer">
                    <offer::OfferCard />
                </div>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn NothingYet() -> impl IntoView {
    view! {
        <Card title="What you will see here">
            <EmptyState
                title="No job spec yet"
                text="Findings with line and path, the job in plain words, its score, and a simulation of check-ins, milestones and cost."
                glyph=Glyph::File
            />
        </Card>
    }
}
