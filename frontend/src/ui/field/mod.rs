//! A form field: label, control, hint and error, tied together for screen readers.

use leptos::prelude::*;

use crate::ui::{Glyph, Icon};

/// Label, hint and error around a control. The control carries `id` and `aria-describedby="{id}-note"`.
#[component]
pub(crate) fn Field(
    /// Id of the control.
    id: &'static str,
    /// The label.
    #[prop(into)]
    label: String,
    /// Said while there is no error.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// What is wrong with the value.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let note = move || match error.get() {
        Some(error) => view! {
            <span class="field__error">
                <Icon glyph=Glyph::Cross />
                {error}
            </span>
        }
        .into_any(),
        None => view! { <span class="field__hint">{hint.get()}</span> }.into_any(),
    };
    view! {
        <div class="field" class:field--wrong=move || error.with(Option::is_some)>
            <label class="field__label" for=id>{label}</label>
            {children()}
            <p class="field__note" id=format!("{id}-note") aria-live="polite">{note}</p>
        </div>
    }
}
