//! Detail that is one press away.

use leptos::prelude::*;

/// A summary line that opens to show more.
#[component]
pub(crate) fn Disclosure(
    /// The line that is always shown.
    #[prop(into)]
    summary: String,
    /// The detail.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="disclosure">
            <summary class="disclosure__summary">{summary}</summary>
            <div class="disclosure__body">{children()}</div>
        </details>
    }
}
