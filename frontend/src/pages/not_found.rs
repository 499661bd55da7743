//! An address that leads nowhere.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::routes::Route;
use crate::ui::{EmptyState, Glyph, PageHeader};

/// Says that there is nothing here, and where there is something.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    view! {
        <PageHeader title="Nothing here" subtitle="This address leads to no page." />
        <EmptyState
            title="There is no page at this address"
            text="The link may be mistyped, or from another version of Mission Control."
            glyph=Glyph::Unknown
        >
            <A href=Route::Missions.path() attr:class="button">
                "See all missions"
            </A>
        </EmptyState>
    }
    .into_any()
}
