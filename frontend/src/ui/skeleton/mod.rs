//! The shape of what is being loaded.

use leptos::prelude::*;

/// Grey lines in place of text.
#[component]
pub(crate) fn Skeleton(
    /// How many lines.
    #[prop(default = 3)]
    lines: usize,
    /// What is being loaded, for screen readers.
    #[prop(default = "Loading", into)]
    label: &'static str,
) -> impl IntoView {
    view! {
        <div class="skeleton" role="status" data-testid="loading">
            <span class="visually-hidden">{label}</span>
            {(0..lines).map(|_| view! { <span class="skeleton__line"></span> }).collect_view()}
        </div>
    }
}
