//! Taking entries away: a plan of its own, which a person confirms.

use alloy_dyn_abi::DynSolValue;

use super::{About, Plan, PlanGroup, Planner, Refusal, encode};
use crate::chain::manager::{Entry, EntryKind, Registry};
use crate::manifest::Manifest;

/// Removes what the chain has and the manifest does not; without a manifest everything. Streams and sentinels go before
/// the domains that they are bound to. Registering an entry anew undoes its removal, without its bindings.
pub fn teardown(
    registry: &Registry,
    keep: Option<&Manifest>,
    now: u64,
) -> Result<Plan, Vec<Refusal>> {
    let mut planner = Planner::new(registry.clone(), now);
    for kind in [EntryKind::Stream, EntryKind::Sentinel, EntryKind::Domain] {
        let wanted = keep.map(|manifest| encode::wanted(kind, manifest)).unwrap_or_default();
        let gone = registry.entries(kind).iter().filter(|entry| !wanted.contains(&entry.id));
        for entry in gone {
            planner.remove(entry);
        }
        planner.plan.unchanged = planner.plan.unchanged.saturating_add(
            registry.entries(kind).iter().filter(|entry| wanted.contains(&entry.id)).count(),
        );
    }
    if planner.refusals.is_empty() { Ok(planner.plan) } else { Err(planner.refusals) }
}

impl Planner {
    fn remove(&mut self, entry: &Entry) {
        let about = About {
            group: PlanGroup::Removals,
            slug: Some(entry.slug().to_owned()),
            changed: Vec::new(),
            path: "$".to_owned(),
        };
        let back = (entry.kind.register(), vec![entry.config()]);
        let id = DynSolValue::from(entry.id);
        self.call(about, entry.kind.remove(), vec![id], Some(back));
    }
}
