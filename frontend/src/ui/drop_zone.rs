//! A drop zone for one JSON file. It is read and judged in the browser, and never sent.

use leptos::children::ViewFn;
use leptos::prelude::*;
use phase8_shared::json::MAX_BYTES;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::ui::{Button, ButtonKind, Glyph, Icon, ProblemCard, Trouble};

/// A file as it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Upload {
    /// Its name.
    pub(crate) name: String,
    /// Its text, untouched.
    pub(crate) text: String,
}

/// What a drop zone takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// The file's usual name.
    pub(crate) file: &'static str,
    /// Id of the input, and `data-testid`.
    pub(crate) id: &'static str,
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum UploadError {
    /// Refused before it is read.
    #[error("“{0}” is larger than 4 MiB, so it was not read")]
    TooLarge(String),
    /// The bytes are not text.
    #[error("“{0}” is not text in UTF-8")]
    NotText(String),
    /// The browser could not read it.
    #[error("the browser could not read “{0}”; choose it again")]
    Unreadable(String),
}

/// Takes a file by drop or by choice.
#[component]
pub(crate) fn DropZone(
    /// What it takes.
    wanted: Wanted,
    /// What it has.
    upload: RwSignal<Option<Upload>>,
) -> impl IntoView {
    let refused = RwSignal::new(None::<UploadError>);
    let read = Action::new_local(move |file: &web_sys::File| {
        let file = file.clone();
        async move {
            match read_file(&file).await {
                Ok(found) => {
                    refused.set(None);
                    upload.set(Some(found));
                }
                // What was there before stays.
                Err(error) => refused.set(Some(error)),
            }
        }
    });
    let has = Memo::new(move |_| upload.with(Option::is_some));
    let title = Signal::derive(move || {
        upload.with(|upload| match upload {
            None => format!("Drop {} here", wanted.file),
            Some(upload) => upload.name.clone(),
        })
    });
    view! {
        <FileZone
            id=wanted.id
            title
            hint="It is read in this browser and never sent."
            has
            on_file=move |file| drop(read.dispatch_local(file))
            tools=move || {
                view! {
                    <Show when=move || has.get()>
                        <Button kind=ButtonKind::Quiet on_press=Callback::new(move |()| upload.set(None))>
                            "Remove"
                        </Button>
                    </Show>
                }
            }
        />
        {move || {
            refused
                .get()
                .map(|error| {
                    let mend = format!("Choose {}, a JSON file of a few kilobytes.", wanted.file);
                    view! { <ProblemCard trouble=Trouble::new("The file was not taken", format!("{error}."), mend) /> }
                })
        }}
    }
    .into_any()
}

/// Takes a file by drop or by choice, of whatever size.
#[component]
pub(crate) fn FileZone(
    /// Id of the input, and `data-testid`.
    id: &'static str,
    /// What is wanted, or what there is.
    title: Signal<String>,
    /// What becomes of it.
    hint: &'static str,
    /// Whether there is one.
    #[prop(into)]
    has: Signal<bool>,
    /// Called with the file.
    on_file: impl Fn(web_sys::File) + Copy + 'static,
    /// What stands beside the button.
    #[prop(optional, into)]
    tools: ViewFn,
) -> impl IntoView {
    let is_over = RwSignal::new(false);
    let on_drop = move |event: web_sys::DragEvent| {
        event.prevent_default();
        is_over.set(false);
        let files = event.data_transfer().and_then(|data| data.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            on_file(file);
        }
    };
    let on_choose = move |event: web_sys::Event| {
        let input = event.target().and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(input) = input else { return };
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            on_file(file);
        }
        // So that the same file can be chosen again after it was mended.
        input.set_value("");
    };
    view! {
        <div
            class="drop"
            class:drop--over=move || is_over.get()
            class:drop--full=move || has.get()
            on:dragover=move |event| {
                event.prevent_default();
                is_over.set(true);
            }
            on:dragleave=move |_| is_over.set(false)
            on:drop=on_drop
        >
            <Icon glyph=Glyph::Upload />
            <div class="drop__words">
                <p class="drop__title">{move || title.get()}</p>
                <p class="drop__hint">{hint}</p>
            </div>
            <div class="drop__tools">
                <span class="drop__choose">
                    <input
                        class="visually-hidden"
                        type="file"
                        id=id
                        accept=".json,application/json"
                        data-testid=id
                        on:change=on_choose
                    />
                    <label class="button" for=id>
                        <Icon glyph=Glyph::File />
                        {move || if has.get() { "Choose another" } else { "Choose a file" }}
                    </label>
                </span>
                {tools.run()}
            </div>
        </div>
    }
    .into_any()
}

async fn read_file(file: &web_sys::File) -> Result<Upload, UploadError> {
    let name = file.name();
    let limit = f64::from(u32::try_from(MAX_BYTES).unwrap_or(u32::MAX));
    if file.size() > limit {
        return Err(UploadError::TooLarge(name));
    }
    let buffer = JsFuture::from(file.array_buffer())
        .await
        .map_err(|_| UploadError::Unreadable(name.clone()))?;
    match String::from_utf8(js_sys::Uint8Array::new(&buffer).to_vec()) {
        Ok(text) => Ok(Upload { name, text }),
        Err(_) => Err(UploadError::NotText(name)),
    }
}
