//! The timelock queue: what waits, what a guardian can stop, and what only a guardian can let go on.

mod council;
mod operations;

use leptos::prelude::*;
use phase8_shared::api::OperationView;

pub(super) use self::council::Tripwire;
use self::operations::Phase;
use crate::lever::{LeverPanel, Place};
use crate::pages::owner::center::{Center, use_center};
use crate::pages::owner::direct::{Allowed, DirectCall, Offer, call_view};
use crate::pages::owner::polled::Faces;
use crate::pages::owner::rows::Sorting;
use crate::pages::owner::table::{DataTable, Detail, Plan};
use crate::pages::owner::words::{call_words, moment};
use crate::ui::{ButtonKind, Card, CopyText};

const PLAN: Plan = Plan {
    caption: "Operations of the timelocks",
    testid: "owner-operations",
    headings: operations::HEADINGS,
    empty: (
        "Nothing waits",
        "Raising a cap, choosing an adapter, resuming after a tripwire and activating an extension wait here.",
    ),
};

/// How many operations could still be cancelled.
pub(super) fn pending(operations: &[OperationView]) -> usize {
    operations.iter().filter(|operation| Phase::of(operation, operations, 0).is_pending()).count()
}

/// The part.
#[component]
pub(super) fn QueueSection() -> impl IntoView {
    let center = use_center();
    let rows = Signal::derive(move || {
        let (contracts, now) = (center.contracts(), center.now());
        contracts
            .and_then(|contracts| {
                center.with_governance(|view| operations::rows(&view.operations, &contracts, now))
            })
            .unwrap_or_default()
    });
    let detail = Detail {
        words: "Open",
        view: Callback::new(move |id: String| operation_detail(center, &id)),
        open: RwSignal::new(None),
    };
    view! {
        <div class="owner__stack">
            <Tripwire />
            <Card title="Operations" testid="owner-operation-list">
                <Faces face=center.governance_face() loading="Reading the timelocks" on_retry=center.retry()>
                    <DataTable plan=PLAN rows sorting=Sorting::up(3) detail />
                </Faces>
            </Card>
            <council::StagedExtensions />
            <council::Members />
        </div>
    }
    .into_any()
}

fn operation_detail(center: Center, id: &str) -> AnyView {
    let id = StoredValue::new(id.to_owned());
    let operation = Memo::new(move |_| {
        center.with_governance(|view| {
            let all = &view.operations;
            let of_row =
                |it: &&OperationView| id.with_value(|id| operations::row_id(it, all) == *id);
            all.iter().find(of_row).cloned()
        })?
    });
    // What it does never changes; only where it stands does.
    let Some(first) = operation.get_untracked() else { return ().into_any() };
    let phase = Memo::new(move |_| {
        let operation = operation.get()?;
        let now = center.now();
        center.with_governance(|view| Phase::of(&operation, &view.operations, now))
    });
    let is_pending = Memo::new(move |_| phase.get().is_some_and(Phase::is_pending));
    let is_ready = Memo::new(move |_| phase.get() == Some(Phase::Ready));
    let place = Place::new(format!("lever-cancel@{}", first.id));
    let first = StoredValue::new(first);
    let cancel = Signal::derive(move || {
        let contracts = center.contracts()?;
        let delay = center.with_governance(|view| view.delay)?;
        is_pending
            .get()
            .then(|| first.with_value(|it| operations::cancel(it, &contracts, delay)))?
    });
    let idle = Signal::derive(move || Some(cancel_idle(center, first)));
    let by_guardian = move || {
        let council = center.contracts()?.guardian_council;
        let call = is_pending
            .get()
            .then(|| first.with_value(|it| operations::guardian_cancel(it, council)))?;
        let offer = Offer {
            testid: "guardian-cancel",
            title: "Cancel as a guardian",
            follows: "At once. The owner would have to schedule it again, with the whole delay."
                .to_owned(),
            press: "Cancel it",
            kind: ButtonKind::Danger,
        };
        Some(view! { <DirectCall offer call allowed=council::guardians(center) /> })
    };
    let carry_out = move || {
        let call = is_ready.get().then(|| first.with_value(operations::carry_out))??;
        let offer = Offer {
            testid: "execute-now",
            title: "Carry it out now",
            follows: "Its delay is over. The server does this by itself; anyone may.".to_owned(),
            press: "Carry it out",
            kind: ButtonKind::Primary,
        };
        Some(view! { <DirectCall offer call allowed=Signal::derive(|| Allowed::Anyone) /> })
    };
    view! {
        <div class="owner__detail">
            {first.with_value(|operation| told(center, operation))}
            {carry_out}
            <LeverPanel place lever=cancel idle title="Cancel as the owner" />
            {by_guardian}
        </div>
    }
    .into_any()
}

/// Why the owner has nothing to cancel.
fn cancel_idle(center: Center, operation: StoredValue<OperationView>) -> String {
    let foreign = center.contracts().map(|it| it.owner_timelock)
        != Some(operation.with_value(|it| it.timelock));
    if foreign {
        "The governor decided this: only a guardian can cancel it.".to_owned()
    } else {
        "It is over: there is nothing to cancel.".to_owned()
    }
}

fn told(center: Center, operation: &OperationView) -> AnyView {
    let contracts = center.contracts();
    let calls = operation.calls.iter().map(|call| {
        match contracts.as_ref().map(|contracts| call_words(contracts, call)) {
            Some(Ok(words)) => call_view(words),
            Some(Err(why)) => {
                view! { <p class="direct__refusal">"Not decoded: " {why.to_string()}</p> }
                    .into_any()
            }
            None => ().into_any(),
        }
    });
    view! {
        {calls.collect_view()}
        <dl class="facts">
            <dt>"Scheduled in"</dt>
            <dd>
                "block " {operation.scheduled.block_number} " "
                <CopyText text=operation.scheduled.transaction.to_string() label="scheduling transaction" />
            </dd>
            <dt>"Ready"</dt>
            <dd>{moment(operation.ready_at)}</dd>
            <dt>"Salt"</dt>
            <dd><CopyText text=operation.salt.to_string() label="salt" /></dd>
            <dt>"Timelock"</dt>
            <dd><CopyText text=operation.timelock.to_string() label="timelock" /></dd>
        </dl>
    }
    .into_any()
}
