//! Transactions: what was sent, by whom, and how far the chain is with it.

mod view_model;

use leptos::prelude::*;

use crate::pages::owner::center::use_center;
use crate::pages::owner::polled::Faces;
use crate::pages::owner::rows::Sorting;
use crate::pages::owner::table::{DataTable, Plan};
use crate::ui::Card;

const PLAN: Plan = Plan {
    caption: "Transactions",
    testid: "owner-transactions",
    headings: view_model::HEADINGS,
    empty: (
        "Nothing sent yet",
        "Whatever is sent from this page, relayed by this server or passes the owner's door appears here.",
    ),
};

/// The part.
#[component]
pub(super) fn TransactionsSection() -> impl IntoView {
    let center = use_center();
    let rows = Signal::derive(move || {
        let Some(contracts) = center.contracts() else { return Vec::new() };
        let executed = center.with_governance(|view| view.executed.clone()).unwrap_or_default();
        center.transactions.value().with(|transactions| {
            center.requests.value().with(|requests| {
                let transactions = transactions.as_deref().unwrap_or_default();
                view_model::rows(
                    transactions,
                    requests.as_deref().unwrap_or_default(),
                    &executed,
                    &contracts,
                )
            })
        })
    });
    view! {
        <Card title="Sent" testid="owner-transaction-list">
            <Faces face=center.transactions.face() loading="Asking what was sent" on_retry=center.retry()>
                <DataTable plan=PLAN rows sorting=Sorting::down(4) />
            </Faces>
        </Card>
    }
    .into_any()
}
