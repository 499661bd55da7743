//! The owner's directives beside the chain: current → desired, and the levers that bring one to the other.

use alloy_primitives::{Address, U256};
use phase8_shared::chain::manager::{EntryKind, Form, Registry};
use phase8_shared::chain::{ContractName, Lever};
use phase8_shared::findings::{Findings, Level};
use phase8_shared::policy::{
    DirectedParameter, ManifestIndex, OwnerDirectives, Standing, read_directives,
};

use crate::format;
use crate::pages::owner::rows::{Cell, Row};
use crate::pages::owner::words::sentence;
use crate::ui::Tone;

/// Headings of the parameters' table.
pub(super) const HEADINGS: &[&str] = &["Parameter", "Now", "Desired", "Bounds", "State"];

/// What was read of the file. It is shown as far as it can be, whatever is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Read {
    /// What was found.
    pub(super) findings: Findings,
    /// The directives, if they can be shown.
    pub(super) directives: Option<OwnerDirectives>,
}

/// Reads the file.
pub(super) fn read(text: &str) -> Read {
    let loaded = read_directives(text);
    // An error blocks the levers, not the view.
    let directives = loaded.value.or_else(|| serde_json::from_str(text).ok());
    Read { findings: loaded.findings, directives }
}

/// Why a parameter is refused: the errors that were found at its place in the file.
fn refusal(findings: &Findings, place: usize) -> Option<String> {
    let path = format!("$.parameters[{place}]");
    let mut errors = findings.under(&path).filter(|finding| finding.level == Level::Error);
    let first = errors.next()?;
    Some(if first.help.is_empty() {
        sentence(&first.message)
    } else {
        format!("{} {}", sentence(&first.message), sentence(&first.help))
    })
}

/// Whether something is wrong elsewhere than at single parameters; then no lever is offered.
pub(super) fn is_blocked(findings: &Findings) -> bool {
    findings.at(Level::Error).any(|finding| !finding.path.starts_with("$.parameters["))
}

/// How the directives stand against the chain.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Stand {
    /// The parameters as rows.
    pub(super) rows: Vec<Row>,
    /// The levers.
    pub(super) changes: Vec<Offered>,
}

/// One lever of the directives.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Offered {
    /// Its place.
    pub(super) place: String,
    /// What it is called.
    pub(super) title: String,
    /// The lever.
    pub(super) lever: Lever,
}

/// Holds the directives against the registry; refused parameters are shown and left out of the levers.
pub(super) fn stand(
    read: &Read,
    registry: Option<&Registry>,
    manifest: Option<&ManifestIndex<'_>>,
) -> Stand {
    let Some(directives) = &read.directives else { return Stand::default() };
    let refusals: Vec<Option<String>> =
        (0..directives.parameters.len()).map(|place| refusal(&read.findings, place)).collect();
    let mut allowed = directives.clone();
    let mut refused = refusals.iter();
    allowed.parameters.retain(|_| refused.next().is_some_and(Option::is_none));
    let state = allowed.state(|function, domain| {
        (function.contract == ContractName::Manager).then_some(())?;
        let registry = registry?;
        let entry = match domain {
            Some(segment) => {
                let slug = manifest.and_then(|it| it.domain_slug(segment)).unwrap_or(segment);
                let found = |entry: &&phase8_shared::chain::manager::Entry| {
                    entry.slug().eq_ignore_ascii_case(slug)
                };
                Some(registry.entries(EntryKind::Domain).iter().find(found)?)
            }
            None => None,
        };
        Form::new(function.name(), registry, entry)?.read().ok()
    });
    let mut standings = state.standings.iter();
    let rows = directives.parameters.iter().zip(&refusals).map(|(parameter, refusal)| {
        if let Some(why) = refusal {
            let refused = Cell::state_why(Tone::Bad, "Refused", why.clone()).by(0_u64);
            return row(parameter, None, refused);
        }
        let standing = standings.next().map_or(Standing::Unread, |(_, standing)| *standing);
        row(parameter, standing.now(), standing_cell(standing, registry.is_some()))
    });
    let rows = rows.collect();
    let blocked = is_blocked(&read.findings);
    let changes = state.changes.iter().filter(|_| !blocked).map(|change| Offered {
        place: place(change.function.name(), change.domain),
        title: match change.domain {
            Some(domain) => format!("{}: {domain}", change.function.title),
            None => change.function.title.to_owned(),
        },
        lever: change.lever.clone(),
    });
    Stand { rows, changes: changes.collect() }
}

/// The place of a lever that the directives ask for.
fn place(function: &str, domain: Option<&str>) -> String {
    match domain {
        Some(domain) => format!("{PLACE}{function}-{domain}"),
        None => format!("{PLACE}{function}"),
    }
}

/// What the places of the directives' levers begin with.
pub(super) const PLACE: &str = "lever-directive-";

fn row(parameter: &DirectedParameter, now: Option<U256>, state: Cell) -> Row {
    let size = |number: U256| u128::try_from(number).unwrap_or(u128::MAX);
    let bounds = match (parameter.min, parameter.max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "none".to_owned(),
    };
    Row {
        id: parameter.path.clone(),
        cells: vec![
            Cell::lines(
                parameter.name.clone(),
                format!("{} · {}", parameter.path, parameter.description),
            ),
            now.map_or_else(
                || Cell::words("–"),
                |now| Cell::number(size(now), amount(now, &parameter.unit)),
            ),
            Cell::number(size(parameter.desired), amount(parameter.desired, &parameter.unit)),
            Cell::words(bounds),
            state,
        ],
    }
}

fn amount(number: U256, unit: &str) -> String {
    if unit.is_empty() { number.to_string() } else { format!("{number} {unit}") }
}

fn standing_cell(standing: Standing, has_registry: bool) -> Cell {
    match standing {
        Standing::Off { .. } => {
            Cell::state_why(Tone::Work, "Differs", "a lever below changes it").by(1_u64)
        }
        Standing::Unread if has_registry => Cell::state_why(
            Tone::Unknown,
            "Not found",
            "the chain has no such entry, or names it otherwise",
        )
        .by(2_u64),
        Standing::Unread => {
            Cell::state_why(Tone::Unknown, "Not read", "the registry is not read yet").by(2_u64)
        }
        Standing::OffChain => {
            Cell::state_why(Tone::Off, "In the manifest only", "no contract holds it").by(3_u64)
        }
        Standing::Reached { .. } => Cell::state(Tone::Ok, "As desired").by(4_u64),
    }
}

/// Somebody whom the directives name, beside whom the chain names.
pub(super) fn role_row(
    id: &'static str,
    name: &'static str,
    desired: Address,
    found: Option<Address>,
) -> Row {
    let state = match found {
        None => Cell::state(Tone::Unknown, "Not read"),
        Some(found) if found == desired => Cell::state(Tone::Ok, "As on chain"),
        Some(found) => Cell::state_why(
            Tone::Bad,
            "Differs",
            format!("the chain says {}", format::short_address(&found)),
        ),
    };
    Row { id: id.to_owned(), cells: vec![Cell::words(name), Cell::copy(desired, name), state] }
}
