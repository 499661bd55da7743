//! Models: the adapters ranked by what missions measured and by the formula, how that changed, and the votes on upgrades.

mod chart;
mod proposals;
mod stage;
mod view_model;

use leptos::prelude::*;
use phase8_shared::api::{EvaluationView, EvaluationsView};

use crate::api::{self, ClientError};
use crate::pages::models::chart::history_chart;
use crate::pages::models::proposals::Proposals;
use crate::pages::models::view_model::{history_rows, ranking_rows};
use crate::pages::owner::rows::Sorting;
use crate::pages::owner::table::{DataTable, Plan};
use crate::ui::{Button, ButtonKind, Card, EmptyState, Glyph, PageHeader, ProblemCard, Skeleton};

const RANKING: Plan = Plan {
    caption: "Model adapters by their measured score",
    testid: "models-ranking",
    headings: &[
        "Adapter", "Measured", "Formula", "Accepted", "Votes", "Safety", "Economy", "Reliable",
        "Speed",
    ],
    empty: ("No adapter is configured", "Adapters are listed in the model adapters' file."),
};
const HISTORY: Plan = Plan {
    caption: "Evaluations",
    testid: "models-history",
    headings: &["When", "By", "Missions", "Best", "Measured", "Upgrades"],
    empty: ("No evaluation yet", "Press Evaluate now."),
};

/// The page.
#[component]
pub(crate) fn ModelsPage() -> impl IntoView {
    let known = RwSignal::new(None::<Result<EvaluationsView, ClientError>>);
    let read = Action::new_local(move |evaluate: &bool| {
        let evaluate = *evaluate;
        async move {
            let done = if evaluate { api::evaluate().await.map(drop) } else { Ok(()) };
            let answer = match done {
                Ok(()) => api::evaluations().await,
                Err(error) => Err(error),
            };
            known.set(Some(answer));
        }
    });
    read.dispatch_local(false);
    let retry = Callback::new(move |()| {
        read.dispatch_local(false);
    });
    let evaluate = Callback::new(move |()| {
        read.dispatch_local(true);
    });
    let subtitle = Signal::derive(move || {
        known.with(|known| match known {
            Some(Ok(EvaluationsView { next: Some(next), .. })) => {
                format!("Ranked by what missions measured. The next evaluation is at {next}.")
            }
            Some(_) | None => "Ranked by what missions measured.".to_owned(),
        })
    });
    let pending = read.pending();
    view! {
        <PageHeader
            title="Models"
            subtitle
            tools=move || {
                view! {
                    <Button kind=ButtonKind::Primary on_press=evaluate busy=pending testid="models-evaluate">
                        "Evaluate now"
                    </Button>
                }
            }
        />
        {move || match known.get() {
            None => view! { <Skeleton lines=8 label="Reading the evaluations" /> }.into_any(),
            Some(Err(error)) => view! { <ProblemCard trouble=error on_retry=retry /> }.into_any(),
            Some(Ok(view)) => full(view),
        }}
    }
    .into_any()
}

fn full(view: EvaluationsView) -> AnyView {
    let latest = view.history.first().cloned();
    let body = latest.as_ref().map_or_else(
        || {
            let text =
                "Evaluate now: every mission is measured from its ledger, whatever state it is in.";
            view! { <EmptyState title="Nothing was evaluated yet" text glyph=Glyph::List /> }
                .into_any()
        },
        |latest| ranking(latest, &view.history),
    );
    let wanted = latest.map(|latest| latest.proposals).unwrap_or_default();
    view! {
        <div class="models">
            {body}
            <Proposals wanted />
        </div>
    }
    .into_any()
}

fn ranking(latest: &EvaluationView, history: &[EvaluationView]) -> AnyView {
    let rows = ranking_rows(latest);
    let past = history_rows(history);
    let note = format!(
        "{}: accepted deliverables 25 %, validators' votes 20 %, safety 20 %, economy 15 %, reliability 10 %, speed 10 %. \
         The formula is the original's, by price first; it decides nothing.",
        latest.version
    );
    let chart = history_chart(history);
    view! {
        <Card title="Ranking" testid="models-card">
            <DataTable plan=RANKING rows=Signal::derive(move || rows.clone()) sorting=Sorting::down(1) />
            <p class="models__note">{note}</p>
        </Card>
        <Card title="History">
            {chart}
            <DataTable plan=HISTORY rows=Signal::derive(move || past.clone()) sorting=Sorting::down(0) />
        </Card>
    }
    .into_any()
}
