//! Documents that a part of the command center makes, each to save as a file.

use leptos::prelude::*;
use phase8_shared::artifacts::Document;
use phase8_shared::chain::Contracts;
use phase8_shared::checker::{Task, Told};
use phase8_shared::time::Timestamp;

use crate::api;
use crate::checker;
use crate::format;
use crate::live::browser_time;
use crate::pages::owner::center::use_center;
use crate::ui::{Button, ButtonKind, Card, Glyph, Icon, Tone, download, use_toasts};

/// The documents, by name and text, each with a button that saves it.
pub(super) fn documents_card(testid: &'static str, files: Vec<Document>) -> AnyView {
    let title = format!("Documents ({})", files.len());
    let lines: Vec<_> = files.into_iter().map(line).collect();
    view! { <Card title testid><ul class="batch">{lines}</ul></Card> }.into_any()
}

/// What the documents of a file are made from: its text, the manifest, the contracts, and the time.
type Made = fn(String, Option<String>, Option<Contracts>, Timestamp) -> Task;

/// The documents of an uploaded file, made by the page's worker as the command line makes them; nothing while there is none,
/// or while it is refused. Without an uploaded manifest it is the server's.
pub(super) fn plan_documents(
    testid: &'static str,
    text: impl Fn() -> Option<String> + 'static,
    task: Made,
) -> AnyView {
    let center = use_center();
    let served = LocalResource::new(api::bootstrap);
    let made = LocalResource::new(move || {
        let uploaded = center.manifest.with(|file| file.as_ref().map(|file| file.text.clone()));
        let manifest = uploaded.or_else(|| served.get()?.ok()?.manifest.text);
        let (text, contracts) = (text(), center.contracts());
        async move {
            let task = task(text?, manifest, contracts, browser_time());
            match checker::ask(&task).await {
                Ok(Told::Documents(files)) => Some(files),
                Ok(_) | Err(_) => None,
            }
        }
    });
    let card = move || {
        let files = made.get().flatten().filter(|files| !files.is_empty())?;
        Some(documents_card(testid, files))
    };
    view! { {card} }.into_any()
}

fn line(Document { name, text }: Document) -> AnyView {
    let toasts = use_toasts();
    let size = format::count(text.len().div_ceil(1_024), "KiB", "KiB");
    let (id, shown, said) = (name.clone(), name.clone(), format!("Download {name}"));
    let save = Callback::new(move |()| {
        if download(&name, &text).is_none() {
            toasts.say(Tone::Warn, "This browser does not let the page save a file.");
        }
    });
    view! {
        <li class="batch__line" data-testid="document" data-id=id>
            <div class="batch__words">
                <p class="batch__path mono">{shown}</p>
                <p class="batch__terms">{size}</p>
            </div>
            <div class="batch__tools">
                <Button kind=ButtonKind::Quiet on_press=save name=said testid="document-save">
                    <Icon glyph=Glyph::File />
                    "Download"
                </Button>
            </div>
        </li>
    }
    .into_any()
}
