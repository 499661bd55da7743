//! Extensions of the file beside what the coordinator knows of them.

use alloy_primitives::Address;
use phase8_shared::api::{ExtensionState, ExtensionView};
use phase8_shared::chain::manager::{EntryKind, Registry};
use phase8_shared::chain::{Change, Contracts, Lever, slug_key};
use phase8_shared::policy::{ContractExtension, Dependency, DependencyKind};

use crate::pages::owner::rows::{Cell, Row};
use crate::pages::owner::words::{duration, moment};
use crate::ui::Tone;

/// Headings of the table.
pub(super) const HEADINGS: &[&str] =
    &["Extension", "Module", "State on chain", "Window", "Activated while"];

/// Where an extension of the file stands on the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// Nothing of its module is staged or active.
    Absent,
    /// Staged, until this second.
    Staged(u64),
    /// It was staged, and nobody activated it in time.
    Expired(u64),
    /// A guardian vetoed it.
    Vetoed,
    /// The owner took it back.
    Withdrawn,
    /// In force, with this implementation.
    Active(Address),
    /// It was in force.
    Retired,
}

impl Stand {
    /// The newest word about a module; a staging outweighs what is in force.
    pub(super) fn of(extension: &ContractExtension, views: &[ExtensionView], now: u64) -> Self {
        let module = extension.module_id();
        let Some(view) = views.iter().find(|view| view.module == module) else {
            return Self::Absent;
        };
        match view.state {
            ExtensionState::Staged if now > view.expires_at => Self::Expired(view.expires_at),
            ExtensionState::Staged => Self::Staged(view.expires_at),
            ExtensionState::Vetoed => Self::Vetoed,
            ExtensionState::Withdrawn => Self::Withdrawn,
            ExtensionState::Active => Self::Active(view.implementation),
            ExtensionState::Retired => Self::Retired,
        }
    }

    fn cell(self) -> Cell {
        match self {
            Self::Absent => Cell::state(Tone::Off, "Not staged"),
            Self::Staged(until) => {
                Cell::state_why(Tone::Wait, "Staged", format!("until {}", moment(until)))
            }
            Self::Expired(at) => {
                Cell::state_why(Tone::Off, "Expired", format!("on {}; stage it again", moment(at)))
            }
            Self::Vetoed => Cell::state_why(Tone::Bad, "Vetoed", "by a guardian"),
            Self::Withdrawn => Cell::state(Tone::Off, "Withdrawn"),
            Self::Active(_) => Cell::state(Tone::Ok, "Active"),
            Self::Retired => Cell::state(Tone::Off, "Retired"),
        }
    }
}

/// The levers of an extension that can be flipped as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Moves {
    /// Stage it, again where need be.
    pub(super) stage: Option<Lever>,
    /// Activate what is staged.
    pub(super) activate: Option<Lever>,
    /// Take the staging back.
    pub(super) withdraw: Option<Lever>,
    /// Take it out of force.
    pub(super) retire: Option<Lever>,
}

/// The levers; or why the extension cannot be staged.
pub(super) fn moves(
    extension: &ContractExtension,
    stand: Stand,
    contracts: &Contracts,
) -> Result<Moves, String> {
    let stage = extension.stage(contracts).map_err(|error| error.to_string())?;
    let activate = extension.activate();
    Ok(match stand {
        Stand::Staged(_) => {
            Moves { withdraw: stage.inverse(), activate: Some(activate), ..Moves::default() }
        }
        Stand::Vetoed | Stand::Expired(_) => {
            Moves { withdraw: stage.inverse(), stage: Some(stage), ..Moves::default() }
        }
        Stand::Active(_) => {
            // What is retired comes back by staging it again; its activation waits as the first did.
            let back =
                if let Lever::Change(change) = &stage { Some(change.data.clone()) } else { None };
            let retire = if let Some(Lever::Change(change)) = activate.inverse() {
                Some(Lever::Change(Change { undo: back, ..change }))
            } else {
                None
            };
            Moves { retire, stage: Some(stage), ..Moves::default() }
        }
        Stand::Absent | Stand::Withdrawn | Stand::Retired => {
            Moves { stage: Some(stage), ..Moves::default() }
        }
    })
}

/// The table's rows.
pub(super) fn rows(
    extensions: &[ContractExtension],
    views: &[ExtensionView],
    now: u64,
) -> Vec<Row> {
    let row = |extension: &ContractExtension| Row {
        id: extension.slug.clone(),
        cells: vec![
            Cell::lines(extension.name.clone(), extension.description.clone()),
            Cell::named(extension.module.clone(), extension.module_id(), "module id"),
            Stand::of(extension, views, now).cell(),
            Cell::number(extension.upgrade_window(), duration(extension.upgrade_window())),
            Cell::words(if extension.pause_before_upgrade {
                "the fleet is paused"
            } else {
                "the fleet runs or not"
            }),
        ],
    };
    extensions.iter().map(row).collect()
}

/// Whether what an extension depends on is on the chain; teams and protocols are not kept there.
pub(super) fn dependency(
    dependency: &Dependency,
    registry: Option<&Registry>,
) -> (Tone, &'static str) {
    let kind = match dependency.kind {
        DependencyKind::Domain => EntryKind::Domain,
        DependencyKind::Sentinel => EntryKind::Sentinel,
        DependencyKind::Stream => EntryKind::Stream,
        DependencyKind::AiTeam | DependencyKind::Protocol => {
            return (Tone::Off, "kept in the manifest, not on the chain");
        }
    };
    match registry.map(|registry| registry.find(kind, slug_key(&dependency.slug))) {
        None => (Tone::Unknown, "the registry is not read yet"),
        Some(None) => (Tone::Warn, "not registered on the chain"),
        Some(Some(entry)) if !entry.is_active() => (Tone::Warn, "registered, and switched off"),
        Some(Some(_)) => (Tone::Ok, "registered and active"),
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{B256, Bytes};
    use phase8_shared::policy::read_extensions;

    use super::*;
    use crate::live::sample;

    fn extension() -> ContractExtension {
        let text = r#"{"version": "1", "extensions": [{
            "slug": "risk", "module": "RiskModule", "name": "Risk", "description": "Measures risk.",
            "implementation": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "initializer": "0x",
            "pauseBeforeUpgrade": true, "upgradeWindowHours": 24,
            "dependencies": [{"type": "domain", "slug": "earth"}, {"type": "aiTeam", "slug": "a"}]
        }]}"#;
        read_extensions(text, None).value.unwrap().extensions.remove(0)
    }

    fn view(state: ExtensionState) -> ExtensionView {
        ExtensionView {
            module: extension().module_id(),
            implementation: Address::repeat_byte(7),
            pause_before_upgrade: true,
            expires_at: 1_000,
            initializer: Bytes::new(),
            state,
            staged: sample::tx(1),
        }
    }

    #[test]
    fn a_staging_expires_by_the_chains_clock() {
        let views = [view(ExtensionState::Staged)];
        let at = |now| Stand::of(&extension(), &views, now);

        assert_eq!((at(1_000), at(1_001)), (Stand::Staged(1_000), Stand::Expired(1_000)));
        assert_eq!(Stand::of(&extension(), &[], 5), Stand::Absent);
    }

    #[test]
    fn each_stand_has_its_own_levers() {
        let contracts = Contracts::locate(|name| Address::with_last_byte(1 + name as u8));
        let titles = |stand| {
            let Moves { stage, activate, withdraw, retire } =
                moves(&extension(), stand, &contracts).unwrap();
            let levers = [stage, activate, withdraw, retire];
            levers
                .iter()
                .flatten()
                .map(|lever| (lever.title(), lever.is_delayed()))
                .collect::<Vec<_>>()
        };

        assert_eq!(titles(Stand::Absent), [("Stage Extension", false)]);
        assert_eq!(
            titles(Stand::Staged(9)),
            [("Activate Extension", true), ("Withdraw Staged Extension", false)]
        );
        assert_eq!(
            titles(Stand::Active(Address::ZERO)),
            [("Stage Extension", false), ("Retire Extension", false)]
        );
    }

    #[test]
    fn what_is_not_on_the_chain_is_said() {
        let extension = extension();
        let told: Vec<_> = extension.dependencies.iter().map(|it| dependency(it, None).0).collect();

        assert_eq!(told, [Tone::Unknown, Tone::Off]);
        assert_ne!(extension.module_id(), B256::ZERO);
    }
}
