//! The head of a page.

use leptos::children::ViewFn;
use leptos::prelude::*;

/// Title, one line about the page, and tools at the right.
#[component]
pub(crate) fn PageHeader(
    /// The page's only `h1`.
    #[prop(into)]
    title: Signal<String>,
    /// One line about the page.
    #[prop(optional, into)]
    subtitle: Signal<String>,
    /// What stands at the right.
    #[prop(optional, into)]
    tools: ViewFn,
) -> impl IntoView {
    // Touches the browser's tab.
    Effect::new(move |_| {
        document().set_title(&format!("{} · Phase 8 Mission Control", title.get()));
    });
    view! {
        <header class="page-head">
            <div class="page-head__words">
                <h1 class="page-head__title" id="page-title" tabindex="-1">{move || title.get()}</h1>
                <p class="page-head__subtitle">{move || subtitle.get()}</p>
            </div>
            <div class="page-head__tools">{tools.run()}</div>
        </header>
    }
}
