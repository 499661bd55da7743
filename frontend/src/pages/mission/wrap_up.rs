//! Wrap-up: the mission as an archive that lasts, with its IPFS name, and the documents for guardians.

use std::sync::Arc;

use leptos::prelude::*;
use phase8_shared::api::{ArchiveView, ProblemCode, UploadOutcome, routes};
use phase8_shared::format::grouped;
use phase8_shared::id::MissionId;
use phase8_shared::mission::MissionState;

use crate::api::{self, ClientError};
use crate::ui::{Button, ButtonKind, Card, CopyText, ProblemCard, StatusPill, Tone};

/// The card.
#[component]
pub(crate) fn WrapUp(id: MissionId, state: Signal<Arc<MissionState>>) -> impl IntoView {
    let found = RwSignal::new(None::<Result<ArchiveView, ClientError>>);
    // What was made before is shown at once; that none was made is no trouble.
    let earlier = LocalResource::new(move || async move {
        match api::find_archive(id).await {
            Err(error) if error.code() == Some(ProblemCode::NotFound) => {}
            answer => found.set(Some(answer)),
        }
    });
    let make = Action::new_local(move |(): &()| async move {
        found.set(Some(api::make_archive(id).await));
    });
    let press = Callback::new(move |()| {
        make.dispatch_local(());
    });
    let is_over = Memo::new(move |_| state.with(|state| state.is_closed()));
    let words = move || {
        let last = state.with(|state| state.seq.0);
        match found.get() {
            Some(Ok(view)) if view.events == last => "Every event is archived.".to_owned(),
            Some(Ok(view)) => {
                format!("{} of {last} events are archived: make it anew.", view.events)
            }
            _ if is_over.get() => {
                "The mission is over. Archive it as evidence that lasts.".to_owned()
            }
            _ => "The mission is not over; an archive holds what happened so far.".to_owned(),
        }
    };
    view! {
        <Card title="Archive" id="archive" testid="archive">
            <p>{words}</p>
            <Button
                kind=ButtonKind::Secondary
                on_press=press
                busy=Signal::derive(move || make.pending().get() || earlier.get().is_none())
                testid="archive-make"
            >
                "Make the archive"
            </Button>
            {move || match found.get() {
                None => ().into_any(),
                Some(Err(error)) => view! { <ProblemCard trouble=error on_retry=press /> }.into_any(),
                Some(Ok(view)) => made(view),
            }}
        </Card>
    }
    .into_any()
}

fn made(archive: ArchiveView) -> AnyView {
    let id = archive.mission;
    let file = |name: String, bytes: u64| {
        let href = routes::archive_file(id, &name);
        let saved = name.clone();
        view! {
            <li>
                <a href=href download=saved rel="external" data-testid="archive-file">{name}</a>
                <span class="number">{format!(" {} bytes", grouped(bytes))}</span>
            </li>
        }
    };
    let upload = archive.upload.map(|upload| {
        let (tone, words) = match upload.outcome {
            UploadOutcome::Pinned {} => (Tone::Ok, format!("Pinned at {}", upload.node)),
            UploadOutcome::Failed { why } => (Tone::Bad, why),
        };
        view! { <p><StatusPill tone label=words /></p> }
    });
    view! {
        <dl class="facts">
            <dt>"IPFS name"</dt>
            <dd data-testid="archive-cid"><CopyText text=archive.cid label="CID of the archive" /></dd>
            <dt>"SHA-256"</dt>
            <dd><CopyText text=archive.sha256.to_string() label="SHA-256 of the archive" /></dd>
            <dt>"Made"</dt>
            <dd>{archive.made_at.to_string()}</dd>
        </dl>
        {upload}
        <ul class="archive__files">
            {archive.files.into_iter().map(|it| file(it.name, it.bytes)).collect_view()}
        </ul>
    }
    .into_any()
}
