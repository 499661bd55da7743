//! A framed part of a page with a title.

use leptos::children::ViewFn;
use leptos::prelude::*;

/// A section with a title, and tools at the title's right.
#[component]
pub(crate) fn Card(
    /// The title.
    #[prop(into)]
    title: String,
    /// Id of the section, which also names its title.
    #[prop(optional, into)]
    id: Option<&'static str>,
    /// `data-testid`.
    #[prop(optional, into)]
    testid: Option<&'static str>,
    /// What stands at the title's right.
    #[prop(optional, into)]
    tools: ViewFn,
    /// The content.
    children: Children,
) -> impl IntoView {
    let label = title.clone();
    view! {
        <section class="card" id=id aria-label=label data-testid=testid>
            <header class="card__head">
                <h2 class="card__title">{title}</h2>
                <div class="card__tools">{tools.run()}</div>
            </header>
            <div class="card__body">{children()}</div>
        </section>
    }
}
