//! The Dominance Scoreboard: a manifest's score against its guardrail, everything behind it, and the programme played
//! through. Of the uploaded manifest if there is one, measured in this browser; else of the server's.

mod board;
mod levers;
mod mesh;

use leptos::prelude::*;
use phase8_shared::api::ScoreboardView;
use phase8_shared::checker::{Task, Told};
use phase8_shared::score::dominance::GuardrailVerdict;
use phase8_shared::scoreboard::Judged;

use crate::api::{self, ClientError, use_system_handle};
use crate::checker::{self, CheckerError};
use crate::manifest::{ManifestHold, use_manifest};
use crate::ui::{
    Card, DropZone, EmptyState, Glyph, PageHeader, ProblemCard, Skeleton, Trouble, Upload, Wanted,
};

const WANTED: Wanted = Wanted { file: "universal.value.manifest.json", id: "manifest-file" };

/// A scoreboard and where its manifest is from.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    from: String,
    judged: Judged,
}

/// Why there is none.
#[derive(Debug, Clone, PartialEq)]
enum Missing {
    Server(ClientError),
    Checker(CheckerError),
    /// The server has no manifest, and none was uploaded.
    Nothing(String),
}

/// The page.
#[component]
pub(crate) fn ScoreboardPage() -> impl IntoView {
    let (hold, system) = (use_manifest(), use_system_handle());
    let served = LocalResource::new(api::scoreboard);
    // Names in an uploaded manifest are resolved from these; the server's clock and health do not matter.
    let rules = Memo::new(move |_| {
        let policies =
            system.view().with(|view| view.as_ref().map(|it| it.policies.source.clone()));
        (policies, system.deployment().with(|it| it.as_ref().map(|it| it.contracts)))
    });
    let shown = LocalResource::new(move || {
        let (upload, served, (policies, contracts)) =
            (hold.upload.get(), served.get(), rules.get());
        async move {
            let served = served?;
            let Some(Upload { name, text }) = upload else { return Some(of_server(served)) };
            let guardrail = served.map_or(GuardrailVerdict::USUAL, |view| view.guardrail);
            let contracts = contracts.map(Box::new);
            let task = Task::Judge { text, guardrail, policies, contracts };
            Some(checker::ask(&task).await.map_err(Missing::Checker).and_then(|told| {
                let Told::Judged(judged) = told else {
                    return Err(Missing::Checker(CheckerError::BrokeOff));
                };
                Ok(Shown { from: format!("{name}, measured in this browser"), judged: *judged })
            }))
        }
    });
    let retry = Callback::new(move |()| {
        served.refetch();
        shown.refetch();
    });
    view! {
        <PageHeader
            title="Dominance Scoreboard"
            subtitle="A manifest's score against its guardrail, who stands behind each domain, and the programme played through."
        />
        <div class="board">
            {source_card(hold)}
            {move || match shown.get().flatten() {
                None => view! { <Card title="Dominance score"><Skeleton lines=6 label="Measuring the manifest" /></Card> }.into_any(),
                Some(Ok(shown)) => board::full(shown.from, shown.judged),
                Some(Err(missing)) => face_of(missing, retry),
            }}
        </div>
    }
    .into_any()
}

fn of_server(served: Result<ScoreboardView, ClientError>) -> Result<Shown, Missing> {
    let ScoreboardView { file, missing, judged, .. } = served.map_err(Missing::Server)?;
    match missing {
        Some(why) => Err(Missing::Nothing(why)),
        None => Ok(Shown { from: format!("{file}, as the server is configured"), judged }),
    }
}

/// The faces without a scoreboard.
fn face_of(missing: Missing, retry: Callback<()>) -> AnyView {
    match missing {
        Missing::Nothing(why) => {
            let text = format!("{why}. Drop a manifest above, or name one in scoreboard.manifest.");
            view! {
                <Card title="Dominance score" testid="scoreboard-empty">
                    <EmptyState title="No manifest yet" text glyph=Glyph::File />
                </Card>
            }
            .into_any()
        }
        Missing::Server(error) => view! { <ProblemCard trouble=error on_retry=retry /> }.into_any(),
        Missing::Checker(error) => {
            let trouble = Trouble::new(
                "The manifest was not measured",
                format!("{error}."),
                "Try again; if it happens again, use a newer browser or `phase8 scoreboard FILE`.",
            );
            view! { <ProblemCard trouble on_retry=retry /> }.into_any()
        }
    }
}

fn source_card(hold: ManifestHold) -> AnyView {
    let forgetful = move || !hold.is_remembered.get();
    view! {
        <Card title="Manifest" testid="scoreboard-source">
            <DropZone wanted=WANTED upload=hold.upload />
            <Show when=forgetful>
                <p class="drop__hint">"This browser cannot keep the manifest over a reload; keep the file at hand."</p>
            </Show>
        </Card>
    }
    .into_any()
}
