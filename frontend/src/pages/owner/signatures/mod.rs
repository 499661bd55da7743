//! Outstanding signatures: what somebody could still use, and how to void all of it.

mod view_model;

use alloy_primitives::Bytes;
use alloy_sol_types::SolCall;
use leptos::prelude::*;
use phase8_shared::chain::Call;
use phase8_shared::chain::abi::IOwnerProxy;

pub(super) use self::view_model::told;
use self::view_model::{SignedHere, outstanding, unsent};
use crate::pages::owner::center::{Center, use_center};
use crate::pages::owner::direct::{Allowed, DirectCall, Offer};
use crate::pages::owner::polled::Faces;
use crate::pages::owner::rows::Sorting;
use crate::pages::owner::table::{DataTable, Plan};
use crate::ui::{ButtonKind, Card};

const PLAN: Plan = Plan {
    caption: "Outstanding signatures",
    testid: "owner-signatures",
    headings: view_model::HEADINGS,
    empty: (
        "No signature is outstanding",
        "Every request that was signed here was carried out, expired or is void.",
    ),
};

/// How many signatures could still be used.
pub(super) fn count(center: Center) -> usize {
    let now = center.now();
    center.requests.value().with(|requests| {
        let requests = requests.as_deref().unwrap_or_default();
        outstanding(requests, now).len().saturating_add(unsent(signed_here(center), requests).len())
    })
}

/// What was signed in this browser, and is not known to be in a transaction.
fn signed_here(center: Center) -> Vec<SignedHere> {
    center.desk.flips().with(|flips| {
        let signed = flips.values().filter_map(|flip| {
            let track = flip.track().filter(|track| track.current().is_none())?;
            Some(SignedHere { digest: track.digest?, title: flip.lever.title() })
        });
        signed.collect()
    })
}

/// Whose wallet may void.
fn owner(center: Center) -> Signal<Allowed> {
    Signal::derive(move || {
        let owner =
            center.standing.value().with(|standing| standing.as_ref().and_then(|it| it.owner));
        Allowed::Only(owner.into_iter().collect(), "the owner")
    })
}

/// The part.
#[component]
pub(super) fn SignaturesSection() -> impl IntoView {
    let center = use_center();
    let rows = Signal::derive(move || {
        let Some(contracts) = center.contracts() else { return Vec::new() };
        let now = center.now();
        center.requests.value().with(|requests| {
            let requests = requests.as_deref().unwrap_or_default();
            let mut rows = view_model::rows(&outstanding(requests, now), &contracts, now);
            rows.extend(unsent(signed_here(center), requests).iter().map(view_model::unsent_row));
            rows
        })
    });
    let void = move || {
        let call = Call {
            to: center.contracts()?.owner_proxy,
            data: Bytes::from(IOwnerProxy::voidOutstandingCall {}.abi_encode()),
        };
        let offer = Offer {
            testid: "void-all",
            title: "Void all",
            follows: "At once: the owner's nonce moves past every signature given so far, known here or not. What was signed has to be signed anew.".to_owned(),
            press: "Void all signatures",
            kind: ButtonKind::Danger,
        };
        Some(view! { <DirectCall offer call allowed=owner(center) /> })
    };
    view! {
        <div class="owner__stack">
            <Card title="Signed and not carried out" testid="owner-signature-list">
                <Faces face=center.requests.face() loading="Asking what was signed" on_retry=center.retry()>
                    <DataTable plan=PLAN rows sorting=Sorting::up(2) />
                </Faces>
            </Card>
            <Card title="Void everything" testid="owner-void">
                {void}
            </Card>
        </div>
    }
    .into_any()
}
