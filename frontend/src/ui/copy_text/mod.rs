//! A value that shortens in the middle and copies whole.

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::format;
use crate::ui::{Glyph, Icon, Tone, use_toasts};

/// Shows a long value shortened; a press copies all of it.
#[component]
pub(crate) fn CopyText(
    /// The whole value.
    #[prop(into)]
    text: Signal<String>,
    /// What it is, for screen readers: `mission id`, `transaction hash`.
    #[prop(into)]
    label: String,
    /// Shown instead of the shortened value.
    #[prop(optional, into)]
    shown: Option<String>,
) -> impl IntoView {
    let toasts = use_toasts();
    let copied = RwSignal::new(false);
    let copy = Action::new_local(move |text: &String| {
        let text = text.clone();
        async move {
            if write_to_clipboard(&text).await {
                copied.try_set(true);
                gloo_timers::future::TimeoutFuture::new(1_500).await;
                copied.try_set(false);
            } else {
                toasts.say(Tone::Warn, "This browser does not let the page copy. Select the text and copy it yourself.");
            }
        }
    });
    let name = move || {
        if copied.get() {
            format!("Copied {label}")
        } else {
            format!("Copy {label} {}", text.get())
        }
    };
    view! {
        <button
            type="button"
            class="copy"
            title=move || text.get()
            aria-label=name
            on:click=move |_| {
                copy.dispatch(text.get_untracked());
            }
        >
            <span class="copy__text">
                {move || shown.clone().unwrap_or_else(|| text.with(|text| format::shorten(text)))}
            </span>
            <Icon glyph=Signal::derive(move || if copied.get() { Glyph::Check } else { Glyph::Copy }) />
        </button>
    }
}

/// Whether the text is on the clipboard now. Without a secure context there is none.
pub(crate) async fn write_to_clipboard(text: &str) -> bool {
    let navigator = window().navigator();
    let there =
        js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|it| !it.is_undefined());
    there && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}
