//! Model adapters: those that are configured, those in the registry, and for whom each is active.

use alloy_primitives::{B256, I256};
use alloy_sol_types::SolCall;
use phase8_shared::api::{ActiveAdapterView, AdapterView, RegisteredAdapter};
use phase8_shared::chain::abi::IModelRegistry;
use phase8_shared::chain::{AdapterScope, Change, ContractName, Lever, adapter_key};
use phase8_shared::policy::ModelAdapter;
use phase8_shared::score::{adapter_composite, adapter_record_hash};
use phase8_shared::time::Timestamp;

use crate::lever::score_words;
use crate::pages::owner::rows::{Cell, Row};
use crate::ui::Tone;

/// Headings of the adapters' table.
pub(super) const ADAPTERS: &[&str] =
    &["Adapter", "State", "Score on chain", "Active for", "Record"];

/// Headings of the table of scopes.
pub(super) const SCOPES: &[&str] = &["For", "Active", "Before", "Changes"];

/// An adapter, as far as file and chain know it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Known {
    /// Its key.
    pub(super) key: B256,
    /// Its id.
    pub(super) id: String,
    /// Its record in the configuration.
    pub(super) configured: Option<ModelAdapter>,
    /// Its entry in the registry.
    pub(super) registered: Option<RegisteredAdapter>,
}

/// Every adapter that file or chain knows; those of the file first.
pub(super) fn known(configured: &[AdapterView], registered: &[RegisteredAdapter]) -> Vec<Known> {
    let find = |key: B256| registered.iter().find(|it| it.key == key).cloned();
    let mut all: Vec<Known> = Vec::new();
    for view in configured {
        let id = view.adapter.id.to_string();
        let key = adapter_key(&id);
        all.push(Known { key, id, configured: Some(view.adapter.clone()), registered: find(key) });
    }
    for entry in registered {
        if !all.iter().any(|it| it.key == entry.key) {
            let (key, id) = (entry.key, entry.id.clone());
            all.push(Known { key, id, configured: None, registered: Some(entry.clone()) });
        }
    }
    all
}

impl Known {
    /// Whether it can be chosen.
    pub(super) fn is_registered(&self) -> bool {
        self.registered.as_ref().is_some_and(|it| it.registered)
    }

    /// The lever that registers it; after the delay. Retiring undoes it.
    pub(super) fn register(&self, now: Timestamp) -> Option<Lever> {
        if self.is_registered() {
            return None;
        }
        // The file's record is newer than what the chain once had.
        let (record, score) = match (&self.configured, &self.registered) {
            (Some(adapter), _) => (adapter_record_hash(adapter), adapter_composite(adapter, now)),
            (None, Some(entry)) => (entry.record_hash, entry.score),
            (None, None) => return None,
        };
        Some(change(&self.registering(record, score)?, Some(&self.retiring())))
    }

    /// The lever that retires it; at once. Registering it again undoes it, after the delay.
    pub(super) fn retire(&self) -> Option<Lever> {
        let entry = self.registered.as_ref().filter(|it| it.registered)?;
        let back = self.registering(entry.record_hash, entry.score)?;
        Some(change(&self.retiring(), Some(&back)))
    }

    fn registering(&self, record: B256, score: i64) -> Option<IModelRegistry::registerAdapterCall> {
        let score = I256::try_from(score).ok()?;
        let id = self.id.clone();
        Some(IModelRegistry::registerAdapterCall { id, recordHash: record, score })
    }

    const fn retiring(&self) -> IModelRegistry::retireAdapterCall {
        IModelRegistry::retireAdapterCall { adapter: self.key }
    }
}

fn change<C: SolCall, U: SolCall>(call: &C, undo: Option<&U>) -> Lever {
    Lever::Change(Change {
        contract: ContractName::ModelRegistry,
        data: call.abi_encode().into(),
        undo: undo.map(|undo| undo.abi_encode().into()),
    })
}

/// The adapters as rows.
pub(super) fn adapter_rows(
    all: &[Known],
    active: &[ActiveAdapterView],
    scope_name: impl Fn(B256) -> String,
) -> Vec<Row> {
    let row = |adapter: &Known| {
        let (tone, words, rank): (_, _, u64) = match (&adapter.registered, &adapter.configured) {
            (Some(entry), _) if entry.registered => (Tone::Ok, "Registered", 0),
            (Some(_), _) => (Tone::Off, "Retired", 2),
            (None, _) => (Tone::Wait, "Not registered", 1),
        };
        let of = active.iter().filter(|it| it.history.last() == Some(&adapter.key));
        let scopes: Vec<String> = of.map(|it| scope_name(it.scope)).collect();
        let scopes = if scopes.is_empty() { "nobody".to_owned() } else { scopes.join(", ") };
        let score = adapter.registered.as_ref().map(|it| it.score);
        let provider = adapter.configured.as_ref().map_or_else(
            || "not in this server's configuration".to_owned(),
            |it| it.provider.clone(),
        );
        Row {
            id: adapter.id.clone(),
            cells: vec![
                Cell::lines(adapter.id.clone(), provider),
                Cell::state(tone, words).by(rank),
                score.map_or_else(|| Cell::words("–"), score_cell),
                Cell::words(scopes),
                Cell::copy(adapter.key, "adapter key"),
            ],
        }
    };
    all.iter().map(row).collect()
}

fn score_cell(score: i64) -> Cell {
    // Shifted, so that negative ones sort below.
    let order = u128::from(score.abs_diff(i64::MIN));
    Cell::number(order, score_words(score))
}

/// The scopes as rows.
pub(super) fn scope_rows(
    active: &[ActiveAdapterView],
    scope_name: impl Fn(B256) -> String,
    adapter_name: impl Fn(B256) -> String,
) -> Vec<Row> {
    let row = |view: &ActiveAdapterView| {
        let mut back = view.history.iter().rev();
        let (now, before) = (back.next(), back.next());
        let name =
            |key: Option<&B256>| key.map_or_else(|| "none".to_owned(), |key| adapter_name(*key));
        let changes = u64::try_from(view.history.len()).unwrap_or(u64::MAX);
        Row {
            id: view.scope.to_string(),
            cells: vec![
                Cell::named(scope_name(view.scope), view.scope, "scope key"),
                Cell::words(name(now)),
                Cell::words(name(before)),
                Cell::number(changes, changes.to_string()),
            ],
        }
    };
    active.iter().map(row).collect()
}

/// The lever that goes back to the adapter before, where there is one.
pub(super) fn roll_back(view: &ActiveAdapterView, scope: AdapterScope) -> Option<Lever> {
    let mut back = view.history.iter().rev().copied();
    let (now, new) = (back.next()?, back.next()?);
    Some(Lever::RollBackAdapter { scope, now, new })
}

#[cfg(test)]
mod tests {
    use phase8_shared::policy::read_adapters;

    use super::*;
    use crate::live::sample;

    const FILE: &str = include_str!("../../../../../configs/model-adapters.json");

    fn views() -> Vec<AdapterView> {
        let (adapters, _) = read_adapters(FILE).into_result().unwrap();
        adapters.into_iter().map(|adapter| AdapterView { adapter, rehearsal: true }).collect()
    }

    fn entry(id: &str, registered: bool) -> RegisteredAdapter {
        let record_hash = B256::repeat_byte(1);
        RegisteredAdapter {
            key: adapter_key(id),
            id: id.to_owned(),
            record_hash,
            score: -5,
            registered,
        }
    }

    #[test]
    fn an_adapter_is_registered_or_retired_and_each_undoes_the_other() {
        let views = views();
        let id = views.first().unwrap().adapter.id.to_string();
        let now = Timestamp::from_millis(1_800_000_000_000);

        let fresh = known(&views, &[]).remove(0);
        let register = fresh.register(now).unwrap();
        assert!(register.is_delayed());
        assert_eq!(register.inverse().unwrap().title(), "Retire Adapter");
        assert_eq!(fresh.retire(), None);

        let there = known(&views, &[entry(&id, true)]).remove(0);
        let retire = there.retire().unwrap();
        assert!(!retire.is_delayed());
        assert_eq!(retire.inverse().unwrap().title(), "Register Adapter");
        assert_eq!(there.register(now), None);
    }

    #[test]
    fn what_only_the_chain_knows_is_listed_too() {
        let all = known(&views(), &[entry("gone", false)]);
        let rows = adapter_rows(&all, &[], |_| String::new());

        let last = rows.last().unwrap();
        assert_eq!(last.id, "gone");
        assert_eq!(last.cells.get(1), Some(&Cell::state(Tone::Off, "Retired").by(2_u64)));
    }

    #[test]
    fn only_what_changed_can_be_rolled_back() {
        let mission = sample::mission().key();
        let view = |history: Vec<B256>| ActiveAdapterView { scope: mission.0, history };
        let [a, b] = [1, 2].map(B256::repeat_byte);

        assert_eq!(roll_back(&view(vec![a]), AdapterScope::Mission { mission }), None);
        let Some(Lever::RollBackAdapter { now, new, .. }) =
            roll_back(&view(vec![a, b]), AdapterScope::Mission { mission })
        else {
            panic!("there is one before")
        };
        assert_eq!((now, new), (b, a));
    }
}
