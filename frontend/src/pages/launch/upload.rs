//! The drop zone. The file is read and judged in the browser; it is sent only at launch.

use leptos::prelude::*;
use leptos_router::components::A;
use phase8_shared::spec::{FileKind, detect};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::desk::use_desk;
use super::draft::{self, Upload, UploadError};
use crate::manifest::use_manifest;
use crate::routes::Route;
use crate::ui::{Button, ButtonKind, Card, Glyph, Icon, ProblemCard, Trouble};

/// Takes a file by drop, by choice, or the sample.
#[component]
pub(super) fn UploadCard() -> impl IntoView {
    let desk = use_desk();
    let refused = RwSignal::new(None::<UploadError>);
    let is_over = RwSignal::new(false);
    let manifest = use_manifest();
    // The manifest that was dropped here last, by its name.
    let seen = RwSignal::new(None::<String>);
    let take = move |upload: Upload| {
        refused.set(None);
        seen.set(None);
        if detect(&upload.text) == FileKind::Manifest {
            seen.set(Some(upload.name.clone()));
            manifest.upload.set(Some(crate::ui::Upload { name: upload.name, text: upload.text }));
        } else {
            desk.take(upload);
        }
    };
    let read = Action::new_local(move |file: &web_sys::File| {
        let file = file.clone();
        async move {
            match read_file(&file).await {
                Ok(upload) => take(upload),
                // What was there before stays.
                Err(error) => refused.set(Some(error)),
            }
        }
    });
    let sample = Callback::new(move |()| {
        take(Upload { name: "job.multi-agent.json".to_owned(), text: super::SAMPLE.to_owned() });
    });
    let clear = Callback::new(move |()| {
        desk.upload.set(None);
        desk.start_over();
    });
    let on_drop = move |event: web_sys::DragEvent| {
        event.prevent_default();
        is_over.set(false);
        let file =
            event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0));
        if let Some(file) = file {
            read.dispatch_local(file);
        }
    };
    let on_choose = move |event: web_sys::Event| {
        let Some(input) =
            event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok())
        else {
            return;
        };
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            read.dispatch_local(file);
        }
        // So that the same file can be chosen again after it was mended.
        input.set_value("");
    };
    let described = move || {
        desk.upload.with(|upload| {
            upload.as_ref().map(|upload| {
                let size =
                    draft::size_in_words(u64::try_from(upload.text.len()).unwrap_or(u64::MAX));
                let lines = upload.text.lines().count();
                let kind =
                    desk.review.with(|it| it.as_ref().map_or(FileKind::Unknown, |it| it.kind));
                (upload.name.clone(), format!("Read as {kind}: {size}, {lines} lines"))
            })
        })
    };
    view! {
        <Card title="Job spec or manifest">
            <div
                class="drop"
                class:drop--over=move || is_over.get()
                class:drop--full=move || desk.upload.with(Option::is_some)
                data-testid="drop-zone"
                on:dragover=move |event| {
                    event.prevent_default();
                    is_over.set(true);
                }
                on:dragleave=move |_| is_over.set(false)
                on:drop=on_drop
            >
                <Icon glyph=Glyph::Upload />
                <div class="drop__words">
                    {move || match described() {
                        None => {
                            view! {
                                <p class="drop__title">"Drop a job spec here, or a manifest"</p>
                                <p class="drop__hint">"A JSON file of 4 MiB at most. It stays in this browser until you launch."</p>
                            }
                                .into_any()
                        }
                        Some((name, detail)) => {
                            view! {
                                <p class="drop__title" data-testid="file-name">{name}</p>
                                <p class="drop__hint">{detail}</p>
                            }
                                .into_any()
                        }
                    }}
                </div>
                <div class="drop__tools">
                    <span class="drop__choose">
                        <input
                            class="visually-hidden"
                            type="file"
                            id="job-file"
                            accept=".json,application/json"
                            data-testid="file-input"
                            on:change=on_choose
                        />
                        <label class="button" for="job-file">
                            <Icon glyph=Glyph::File />
                            {move || if desk.upload.with(Option::is_some) { "Choose another" } else { "Choose a file" }}
                        </label>
                    </span>
                    <Button kind=ButtonKind::Quiet on_press=sample testid="use-sample">
                        "Use the sample job"
                    </Button>
                    <Show when=move || desk.upload.with(Option::is_some)>
                        <Button kind=ButtonKind::Quiet on_press=clear testid="clear-file">
                            "Remove"
                        </Button>
                    </Show>
                </div>
            </div>
            {move || {
                seen.get()
                    .map(|name| {
                        view! {
                            <p class="drop__seen tone--ok" role="status" data-testid="manifest-seen">
                                <Icon glyph=Glyph::Check />
                                <span>
                                    {format!("“{name}” is a manifest, not a job spec. It is kept in this browser: ")}
                                    <A href=Route::Scoreboard.path()>"see its Dominance Scoreboard"</A>
                                    "."
                                </span>
                            </p>
                        }
                    })
            }}
            <Show when=move || read.pending().get()>
                <p class="drop__hint" role="status">"Reading the file…"</p>
            </Show>
            {move || {
                refused
                    .get()
                    .map(|error| {
                        let trouble = Trouble::new("The file was not taken", format!("{error}."), "Choose the job spec itself, a JSON file of a few kilobytes.");
                        view! { <ProblemCard trouble /> }
                    })
            }}
            <Show when=move || !desk.is_remembered.get()>
                <p class="drop__hint">"This browser cannot keep the draft over a reload; keep the file at hand."</p>
            </Show>
        </Card>
    }
}

/// Reads a file, unless it is too large to be a job spec.
async fn read_file(file: &web_sys::File) -> Result<Upload, UploadError> {
    let name = file.name();
    draft::check_size(&name, bytes_of(file))?;
    let buffer = JsFuture::from(file.array_buffer())
        .await
        .map_err(|_| UploadError::Unreadable(name.clone()))?;
    let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Upload { name, text }),
        Err(_) => Err(UploadError::NotText(name)),
    }
}

/// The file's size; JavaScript has no other numbers than doubles.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes are whole and not negative"
)]
fn bytes_of(file: &web_sys::File) -> u64 {
    file.size() as u64
}
