//! Whether the owner's levers over the programme are armed, as the chain says.

use leptos::prelude::*;
use leptos_router::components::A;
use phase8_shared::table::Table;

use crate::api::{self, ClientError, use_system_handle};
use crate::pages::owner::{self, OwnerStanding};
use crate::routes::Route;
use crate::ui::{Card, ProblemCard, Skeleton, table_view};

/// The card.
pub(super) fn card() -> AnyView {
    let deployment = use_system_handle().deployment();
    let read = LocalResource::new(move || {
        let contracts = deployment.with(|it| it.as_ref().map(|it| it.contracts));
        async move {
            let contracts = contracts?;
            let answer = api::reads(&owner::standing_request(&contracts)).await;
            Some(answer.map(|it| owner::programme_levers(&OwnerStanding::of(it), &contracts)))
        }
    });
    let retry = Callback::new(move |()| read.refetch());
    let content = move || match read.get().flatten() {
        None => view! { <Skeleton lines=4 label="Reading the chain" /> }.into_any(),
        Some(answer) => told(answer, retry),
    };
    let place = Route::Owner(owner::Section::Readiness).path();
    view! {
        <Card title="Owner levers" testid="programme-levers">
            {content}
            <p class="note"><A href=place>"Owner Command Center"</A>" pulls them."</p>
        </Card>
    }
    .into_any()
}

fn told(answer: Result<Table, ClientError>, retry: Callback<()>) -> AnyView {
    match answer {
        Ok(table) => table_view(table, "No lever is known"),
        Err(error) => view! { <ProblemCard trouble=error on_retry=retry /> }.into_any(),
    }
}
