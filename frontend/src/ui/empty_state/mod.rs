//! What stands where nothing is yet.

use leptos::prelude::*;

use crate::ui::{Glyph, Icon};

/// Says what belongs here, and how it gets here.
#[component]
pub(crate) fn EmptyState(
    /// What is not here yet.
    #[prop(into)]
    title: String,
    /// How it gets here.
    #[prop(optional, into)]
    text: String,
    /// The icon above it.
    glyph: Glyph,
    /// What to press.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty" data-testid="empty">
            <Icon glyph />
            <p class="empty__title">{title}</p>
            {(!text.is_empty()).then(|| view! { <p class="empty__text">{text}</p> })}
            {children.map(|children| children())}
        </div>
    }
}
