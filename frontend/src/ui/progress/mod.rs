//! How much of a whole is done, spent or held.

use leptos::prelude::*;

use crate::format;
use crate::ui::Tone;

/// A bar. `value` of `max`, and on top of it `held`, in the same unit.
#[component]
pub(crate) fn Progress(
    /// What is measured, for screen readers and as the caption.
    #[prop(into)]
    label: Signal<String>,
    /// Done or spent.
    #[prop(into)]
    value: Signal<u64>,
    /// Reserved on top of `value`.
    #[prop(optional, into)]
    held: Signal<u64>,
    /// The whole.
    #[prop(into)]
    max: Signal<u64>,
    /// The amounts in words, at the right of the caption.
    #[prop(optional, into)]
    text: Signal<String>,
    /// Colour of the bar.
    #[prop(optional, into)]
    tone: Option<Signal<Tone>>,
) -> impl IntoView {
    let share = move |part: u64| format::percent(part, max.get());
    let class = move || {
        let tone = tone.map_or(Tone::Work, |tone| tone.get());
        format!("progress tone--{}", tone.as_str())
    };
    view! {
        <div class=class>
            <div class="progress__caption">
                <span>{move || label.get()}</span>
                <span class="progress__text">{move || text.get()}</span>
            </div>
            <div
                class="progress__track"
                role="progressbar"
                aria-label=move || label.get()
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=move || share(value.get()).to_string()
                aria-valuetext=move || text.get()
            >
                <span class="progress__bar" style:inline-size=move || format!("{}%", share(value.get()))></span>
                <span class="progress__held" style:inline-size=move || format!("{}%", share(held.get()))></span>
            </div>
        </div>
    }
}
