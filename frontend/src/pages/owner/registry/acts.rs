//! What can be done with the manager: each call with its place on the page.

use phase8_shared::chain::manager::EntryKind;

/// A call of the manager that has a form here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Act {
    /// The function.
    pub(super) function: &'static str,
    /// The place of its lever.
    pub(super) place: &'static str,
    /// The word on its tab.
    pub(super) tab: &'static str,
}

const fn act(function: &'static str, place: &'static str, tab: &'static str) -> Act {
    Act { function, place, tab }
}

/// Registers an entry.
pub(super) const fn register(kind: EntryKind) -> Act {
    match kind {
        EntryKind::Domain => act("registerDomain", "lever-register-domain", "Register a domain"),
        EntryKind::Sentinel => {
            act("registerSentinel", "lever-register-sentinel", "Register a sentinel")
        }
        EntryKind::Stream => {
            act("registerCapitalStream", "lever-register-stream", "Register a capital stream")
        }
    }
}

/// Removes an entry.
pub(super) const fn retire(kind: EntryKind) -> Act {
    match kind {
        EntryKind::Domain => act("removeDomain", "lever-retire-domain", "Retire"),
        EntryKind::Sentinel => act("removeSentinel", "lever-retire-sentinel", "Retire"),
        EntryKind::Stream => act("removeCapitalStream", "lever-retire-stream", "Retire"),
    }
}

/// What can be done with an entry that is there.
pub(super) const fn about(kind: EntryKind) -> [Act; 4] {
    match kind {
        EntryKind::Domain => [
            act("updateDomain", "lever-update-domain", "Update"),
            act("setDomainStatus", "lever-domain-status", "Status"),
            act("configureDomainLimits", "lever-domain-limits", "Limits"),
            retire(kind),
        ],
        EntryKind::Sentinel => [
            act("updateSentinel", "lever-update-sentinel", "Update"),
            act("setSentinelStatus", "lever-sentinel-status", "Status"),
            act("setSentinelDomains", "lever-sentinel-domains", "Domains"),
            retire(kind),
        ],
        EntryKind::Stream => [
            act("updateCapitalStream", "lever-update-stream", "Update"),
            act("setCapitalStreamStatus", "lever-stream-status", "Status"),
            act("setCapitalStreamDomains", "lever-stream-domains", "Domains"),
            retire(kind),
        ],
    }
}

/// What stands alone: the parameters.
pub(super) const PARAMETERS: [Act; 5] = [
    act("setGlobalParameters", "lever-global-parameters", "Global parameters"),
    act("updateManifesto", "lever-manifesto", "Manifesto"),
    act("updateRiskParameters", "lever-risk-parameters", "Risk"),
    act("setGuardianCouncil", "lever-guardian-council", "Guardian council"),
    act("setSystemPause", "lever-system-pause", "System pause"),
];

/// What stands alone: the self-improvement plan.
pub(super) const PLAN: [Act; 2] = [
    act("setSelfImprovementPlan", "lever-self-improvement-plan", "Set the plan"),
    act("recordSelfImprovementExecution", "lever-record-run", "Record a run"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use phase8_shared::chain::ContractName;
    use phase8_shared::chain::decode::find_named;

    use super::*;

    fn all() -> Vec<Act> {
        let kinds = EntryKind::ALL.into_iter();
        let entries = kinds.flat_map(|kind| std::iter::once(register(kind)).chain(about(kind)));
        entries.chain(PARAMETERS).chain(PLAN).collect()
    }

    #[test]
    fn every_act_is_a_function_of_the_manager_with_a_place_of_its_own() {
        let places: BTreeSet<_> = all().iter().map(|act| act.place).collect();

        assert_eq!(places.len(), all().len());
        for act in all() {
            assert!(find_named(ContractName::Manager, act.function).is_some(), "{}", act.function);
            assert!(act.place.starts_with("lever-"), "{}", act.place);
        }
    }
}
