//! Readiness: the owner, the roles, the fleet, the endpoints, and one line for each family of levers.

mod facts;
mod families;
mod standing;
mod targets;

use leptos::prelude::*;
use phase8_shared::api::{CheckState, EndpointSaid, Preflight, Said};
use phase8_shared::chain::Contracts;
use phase8_shared::table::{self, Mood, Table};

pub(crate) use self::standing::{Standing, request};
use crate::pages::owner::center::use_center;
use crate::pages::owner::polled::Faces;
use crate::pages::owner::rows::{Cell, Row, Sorting};
use crate::pages::owner::table::{DataTable, Plan};
use crate::ui::{Card, StatusPill, Tone};

const FAMILIES: Plan = Plan {
    caption: "Families of levers",
    testid: "owner-families",
    headings: &["Lever", "State", "Signed by"],
    empty: ("Nothing read yet", "The chain has not answered."),
};

const ENDPOINTS: Plan = Plan {
    caption: "Endpoints",
    testid: "owner-endpoints",
    headings: &["Endpoint", "Says"],
    empty: ("No endpoint", "The server names none."),
};

const CHECKS: Plan = Plan {
    caption: "Pre-flight",
    testid: "owner-preflight",
    headings: &["Check", "State", "Found"],
    empty: ("Nothing checked", "The server checks nothing."),
};

/// The part.
#[component]
pub(super) fn ReadinessSection() -> impl IntoView {
    let center = use_center();
    let standing = center.standing.value();
    let families = Signal::derive(move || {
        let Some(contracts) = center.contracts() else { return Vec::new() };
        standing
            .with(|standing| {
                standing
                    .as_ref()
                    .map(|standing| family_rows(families::families(standing, &contracts)))
            })
            .unwrap_or_default()
    });
    let endpoints = Signal::derive(move || {
        standing.with(|standing| {
            standing.as_ref().map(|standing| endpoint_rows(&standing.endpoints)).unwrap_or_default()
        })
    });
    let checks = Signal::derive(move || {
        center.preflight.value().with(|it| it.as_ref().map(check_rows).unwrap_or_default())
    });
    let agreement = Signal::derive(move || {
        standing.with(|it| {
            it.as_ref()
                .map_or((Tone::Unknown, String::new()), |it| agreement(&it.endpoints, it.quorum))
        })
    });
    let stale = move || {
        let error = center.standing.error().get().filter(|_| standing.with(Option::is_some))?;
        let label = format!("Not read again: {error}");
        Some(view! { <StatusPill tone=Tone::Warn label /> })
    };
    let stale = move || view! { {stale} };
    view! {
        <div class="owner__stack">
            <Card title="Levers" testid="owner-readiness-levers" tools=stale>
                <Faces face=center.standing.face() loading="Reading the chain" on_retry=center.retry()>
                    <DataTable plan=FAMILIES rows=families sorting=Sorting::up(1) />
                </Faces>
            </Card>
            <Card title="Roles and state" testid="owner-readiness-facts">
                <Faces face=center.standing.face() loading="Reading the chain" on_retry=center.retry()>
                    <facts::Facts />
                </Faces>
            </Card>
            <targets::Targets />
            <Card
                title="Endpoints"
                testid="owner-readiness-endpoints"
                tools=move || {
                    view! {
                        <StatusPill
                            tone=Signal::derive(move || agreement.get().0)
                            label=Signal::derive(move || agreement.get().1)
                        />
                    }
                }
            >
                <Faces face=center.standing.face() loading="Asking the endpoints" on_retry=center.retry()>
                    <DataTable plan=ENDPOINTS rows=endpoints sorting=Sorting::up(0) />
                </Faces>
            </Card>
            <Card title="Pre-flight of the server" testid="owner-readiness-preflight">
                <Faces face=center.preflight.face() loading="Asking the server" on_retry=center.retry()>
                    <DataTable plan=CHECKS rows=checks sorting=Sorting::up(1) />
                </Faces>
            </Card>
        </div>
    }
    .into_any()
}

/// The levers that a programme is governed with, each with the family that it belongs to.
const PROGRAMME: [(&str, &str); 4] = [
    ("fleet", "Pause the fleet"),
    ("registry", "Register a domain"),
    ("registry", "Set the upgrade plan"),
    ("extensions", "Stage and activate an upgrade"),
];

/// Whether the levers that a programme is governed with are armed.
pub(crate) fn programme_levers(standing: &Standing, contracts: &Contracts) -> Table {
    let families = families::families(standing, contracts);
    let row = |(id, name): (&str, &str)| {
        let family = families.iter().find(|family| family.id == id)?;
        let mood = match family.armed {
            families::Armed::Yes(_) => Mood::Good,
            families::Armed::Look(_) => Mood::Look,
            families::Armed::No(_) => Mood::Bad,
        };
        let state = table::Cell::words(family.armed.state().1).with(family.armed.why()).felt(mood);
        Some(vec![table::Cell::words(name), state, table::Cell::words(family.signer)])
    };
    Table::new("levers", "Owner levers", &["Lever", "State", "Signed by"])
        .with(PROGRAMME.into_iter().filter_map(row))
}

fn family_rows(families: Vec<families::Family>) -> Vec<Row> {
    let row = |family: families::Family| {
        let (tone, words) = family.armed.state();
        let rank: u64 = match family.armed {
            families::Armed::No(_) => 0,
            families::Armed::Look(_) => 1,
            families::Armed::Yes(_) => 2,
        };
        Row {
            id: family.id.to_owned(),
            cells: vec![
                Cell::lines(family.name, family.path),
                Cell::state_why(tone, words, family.armed.why()).by(rank),
                Cell::words(family.signer),
            ],
        }
    };
    families.into_iter().map(row).collect()
}

fn endpoint_rows(endpoints: &[EndpointSaid]) -> Vec<Row> {
    let row = |endpoint: &EndpointSaid| {
        let (tone, words, why) = match &endpoint.said {
            Said::Agreed {} => (Tone::Ok, "Agrees", String::new()),
            Said::Dissents { what } => (Tone::Bad, "Dissents", what.clone()),
            Said::Behind { block } => {
                (Tone::Warn, "Behind", format!("its newest block is {block}"))
            }
            Said::Silent { why } => (Tone::Unknown, "Silent", why.clone()),
        };
        Row {
            id: endpoint.name.clone(),
            cells: vec![Cell::words(endpoint.name.clone()), Cell::state_why(tone, words, why)],
        }
    };
    endpoints.iter().map(row).collect()
}

/// How far the endpoints agree, in a word; one endpoint alone is said to be alone.
fn agreement(endpoints: &[EndpointSaid], quorum: u8) -> (Tone, String) {
    let agreed =
        endpoints.iter().filter(|endpoint| matches!(endpoint.said, Said::Agreed {})).count();
    match (agreed, endpoints.len()) {
        (_, 1) => (Tone::Warn, "One endpoint: a quorum of one".to_owned()),
        (agreed, all) if agreed == all => {
            (Tone::Ok, format!("{agreed} of {all} agree, {quorum} needed"))
        }
        (agreed, all) => (Tone::Bad, format!("{agreed} of {all} agree, {quorum} needed")),
    }
}

fn check_rows(preflight: &Preflight) -> Vec<Row> {
    let row = |check: &phase8_shared::api::Check| {
        let (tone, words, rank): (_, _, u64) = match check.state {
            CheckState::Fail => (Tone::Bad, "Fails", 0),
            CheckState::Unknown => (Tone::Unknown, "Unknown", 1),
            CheckState::Warn => (Tone::Warn, "Look", 2),
            CheckState::Pass => (Tone::Ok, "Passes", 3),
        };
        let found = match (check.state, check.expected.as_str()) {
            (CheckState::Pass, _) | (_, "") => check.found.clone(),
            (_, expected) => format!("{}, expected {expected}", check.found),
        };
        Row {
            id: check.id.clone(),
            cells: vec![
                Cell::words(check.label.clone()),
                Cell::state_why(tone, words, check.mend.clone()).by(rank),
                Cell::words(found),
            ],
        }
    };
    preflight.checks.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(said: Said) -> EndpointSaid {
        EndpointSaid { name: "node".to_owned(), said }
    }

    #[test]
    fn one_endpoint_is_a_quorum_of_one_and_dissent_is_bad() {
        let agreed = || said(Said::Agreed {});
        let dissents = said(Said::Dissents { what: "owner()".to_owned() });

        assert_eq!(agreement(&[agreed()], 1).0, Tone::Warn);
        assert_eq!(
            agreement(&[agreed(), agreed()], 2),
            (Tone::Ok, "2 of 2 agree, 2 needed".to_owned())
        );
        assert_eq!(
            agreement(&[agreed(), agreed(), dissents], 2),
            (Tone::Bad, "2 of 3 agree, 2 needed".to_owned())
        );
    }
}
