//! What guardians can do: co-sign a resume, veto a staged extension.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;
use leptos::prelude::*;
use phase8_shared::api::{CouncilView, ExtensionState, TripView};
use phase8_shared::chain::Call;
use phase8_shared::chain::abi::IGuardianCouncil;

use crate::format;
use crate::pages::owner::center::{Center, use_center};
use crate::pages::owner::direct::{Allowed, DirectCall, Offer};
use crate::pages::owner::polled::Faces;
use crate::pages::owner::rows::{Cell, Row, Sorting};
use crate::pages::owner::table::{DataTable, Detail, Plan};
use crate::pages::owner::words::moment;
use crate::ui::{ButtonKind, Card, StatusPill, Tone};

const STAGED: Plan = Plan {
    caption: "Staged extensions",
    testid: "owner-staged",
    headings: &["Module", "Implementation", "Expires", "State"],
    empty: (
        "No extension is staged",
        "The extension planner stages them; a guardian may veto one here.",
    ),
};

const MEMBERS: Plan = Plan {
    caption: "Guardian council",
    testid: "owner-council",
    headings: &["Guardian", "This trip"],
    empty: ("No guardian", "The council has no members."),
};

/// Who may act as a guardian.
pub(super) fn guardians(center: Center) -> Signal<Allowed> {
    Signal::derive(move || {
        let members = center.with_governance(|view| view.council.members.clone());
        Allowed::Only(members.unwrap_or_default(), "a guardian of the council")
    })
}

/// How far the co-signatures of a trip are.
fn cosigned(trip: &TripView, council: &CouncilView) -> (Tone, String) {
    let have = u64::try_from(trip.cosigners.len()).unwrap_or(u64::MAX);
    let need = council.cosignatures_needed;
    if have >= need {
        (Tone::Ok, format!("{have} of {need} co-signatures: the resume may be carried out"))
    } else {
        let missing = usize::try_from(need - have).unwrap_or(usize::MAX);
        (
            Tone::Wait,
            format!(
                "{have} of {need}: {} missing",
                format::count(missing, "co-signature", "co-signatures")
            ),
        )
    }
}

/// The tripwire that holds the fleet, with the guardians' co-signature.
#[component]
pub(in crate::pages::owner) fn Tripwire() -> impl IntoView {
    let center = use_center();
    let trip = Memo::new(move |_| {
        center.with_governance(|view| view.trip.as_ref().map(|trip| trip.trip)).flatten()
    });
    let state = Memo::new(move |_| {
        center
            .with_governance(|view| view.trip.as_ref().map(|trip| cosigned(trip, &view.council)))
            .flatten()
    });
    let held = move || {
        let (number, contracts) = (trip.get()?, center.contracts()?);
        let data = IGuardianCouncil::cosignResumeCall { trip: U256::from(number) }.abi_encode();
        let call = Call { to: contracts.guardian_council, data: Bytes::from(data) };
        let offer = Offer {
            testid: "cosign-resume",
            title: "Co-sign the resume",
            follows: format!(
                "You agree that tripwire {number} may be ended. The owner's resume still waits its delay. It cannot be taken back; pausing again voids it."
            ),
            press: "Co-sign",
            kind: ButtonKind::Primary,
        };
        let tone = Signal::derive(move || state.get().map_or(Tone::Unknown, |it| it.0));
        let label = Signal::derive(move || state.get().map_or_else(String::new, |it| it.1));
        Some(view! {
            <Card title="A tripwire holds the fleet" testid="owner-trip" tools=move || view! { <StatusPill tone label /> }>
                <DirectCall offer call allowed=guardians(center) />
            </Card>
        })
    };
    view! { {held} }.into_any()
}

/// Staged extensions, which a guardian may veto.
#[component]
pub(super) fn StagedExtensions() -> impl IntoView {
    let center = use_center();
    let rows = Signal::derive(move || {
        let (now, contracts, names) = (center.now(), center.contracts(), center.desk.names());
        let implementation = |address: Address| {
            let name = contracts.as_ref().and_then(|contracts| contracts.name_of(address));
            name.map_or_else(
                || Cell::copy(address, "implementation"),
                |name| Cell::named(name.to_string(), address, "implementation"),
            )
        };
        let module = |key: B256| {
            names.find(key).map_or_else(
                || Cell::copy(key, "module key"),
                |name| Cell::named(name, key, "module key"),
            )
        };
        center
            .with_governance(|view| {
                let staged = view.extensions.iter().filter(|it| it.state == ExtensionState::Staged);
                let rows = staged.map(|it| Row {
                    id: it.module.to_string(),
                    cells: vec![
                        module(it.module),
                        implementation(it.implementation),
                        Cell::words(moment(it.expires_at)).by(it.expires_at),
                        if now > it.expires_at {
                            Cell::state(Tone::Off, "Expired")
                        } else {
                            Cell::state(Tone::Wait, "Staged")
                        },
                    ],
                });
                rows.collect()
            })
            .unwrap_or_default()
    });
    let detail = Detail {
        words: "Veto…",
        view: Callback::new(move |id: String| veto(center, &id)),
        open: RwSignal::new(None),
    };
    view! {
        <Card title="Staged extensions" testid="owner-staged-list">
            <Faces face=center.governance_face() loading="Reading the extensions" on_retry=center.retry()>
                <DataTable plan=STAGED rows sorting=Sorting::up(2) detail />
            </Faces>
        </Card>
    }
    .into_any()
}

fn veto(center: Center, id: &str) -> AnyView {
    let (Ok(module), Some(contracts)) = (id.parse::<B256>(), center.contracts()) else {
        return ().into_any();
    };
    let data = IGuardianCouncil::vetoExtensionCall { module }.abi_encode();
    let call = Call { to: contracts.guardian_council, data: Bytes::from(data) };
    let offer = Offer {
        testid: "veto-extension",
        title: "Veto the extension",
        follows: "At once: it can no longer be activated. The owner would have to stage it again."
            .to_owned(),
        press: "Veto it",
        kind: ButtonKind::Danger,
    };
    view! { <DirectCall offer call allowed=guardians(center) /> }.into_any()
}

/// The council, and who of it co-signed.
#[component]
pub(super) fn Members() -> impl IntoView {
    let center = use_center();
    let rows = Signal::derive(move || {
        center
            .with_governance(|view| {
                let cosigners = view.trip.as_ref().map(|trip| trip.cosigners.clone());
                let rows = view.council.members.iter().map(|member| Row {
                    id: member.to_string(),
                    cells: vec![
                        Cell::copy(member, "guardian"),
                        match &cosigners {
                            None => Cell::state(Tone::Off, "No tripwire holds the fleet"),
                            Some(them) if them.contains(member) => {
                                Cell::state(Tone::Ok, "Co-signed")
                            }
                            Some(_) => Cell::state(Tone::Wait, "Not yet"),
                        },
                    ],
                });
                rows.collect()
            })
            .unwrap_or_default()
    });
    view! {
        <Card title="Guardian council" testid="owner-council-list">
            <Faces face=center.governance_face() loading="Reading the council" on_retry=center.retry()>
                <DataTable plan=MEMBERS rows sorting=Sorting::up(0) />
            </Faces>
        </Card>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_cosignatures_are_counted() {
        let council = CouncilView { members: Vec::new(), cosignatures_needed: 2 };
        let trip = |count| TripView { trip: 1, cosigners: vec![Address::ZERO; count] };

        assert_eq!(
            cosigned(&trip(1), &council),
            (Tone::Wait, "1 of 2: 1 co-signature missing".to_owned())
        );
        assert_eq!(cosigned(&trip(2), &council).0, Tone::Ok);
    }
}
