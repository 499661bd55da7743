//! The registry as it is after a call: what a plan of many calls is checked against, step by step.

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{Address, B256, U256};

use super::super::decode::signature::{Kind, Leaf, Parameter};
use super::super::field::{Field, by_name};
use super::super::view::View;
use super::super::{ContractName, decode, slug_key};
use super::{Entry, EntryKind, Registry, Step, flat, key, leaf, step, value_of};

impl Registry {
    /// The registry of a manager that nobody has set up.
    pub fn empty() -> Self {
        let zeros = |view| {
            let outputs =
                View::find(ContractName::Manager, view).map(View::outputs).unwrap_or_default();
            flat(view, outputs.iter().map(|it| zero(&it.kind)).collect())
        };
        Self {
            domains: Vec::new(),
            sentinels: Vec::new(),
            streams: Vec::new(),
            parameters: zeros("globalParameters"),
            plan: zeros("selfImprovementPlan"),
            council: Address::ZERO,
            system_pause: Address::ZERO,
            governance: Address::ZERO,
        }
    }

    /// The registry after a call that the manager takes (see [`super::check`]); a call of another kind changes nothing.
    pub fn apply(&mut self, function: &str, values: &[DynSolValue]) {
        if let Some((kind, step)) = step(function) {
            self.apply_to_entry(kind, step, function, values);
            return;
        }
        match (function, values) {
            ("setGlobalParameters", [DynSolValue::Tuple(values)]) => {
                self.parameters = flat("globalParameters", values.clone());
            }
            ("setSelfImprovementPlan", [DynSolValue::Tuple(values)]) => {
                self.plan = flat("selfImprovementPlan", values.clone());
            }
            ("recordSelfImprovementExecution", [at, report]) => {
                set(&mut self.plan, "lastExecutedAt", at);
                set(&mut self.plan, "lastReportURI", report);
            }
            ("setGuardianCouncil", [DynSolValue::Address(council)]) => self.council = *council,
            ("setSystemPause", [DynSolValue::Address(switch)]) => self.system_pause = *switch,
            ("setGovernance" | "transferOwnership", [DynSolValue::Address(new)]) => {
                self.governance = *new;
            }
            _ => {
                // The manifesto and the risk parameters are fields of the global parameters.
                let found = decode::find_named(ContractName::Manager, function);
                let named = found.map(|(_, parameters)| by_name(&parameters, values));
                for (name, value) in named.unwrap_or_default() {
                    set(&mut self.parameters, name, &value);
                }
            }
        }
    }

    fn apply_to_entry(
        &mut self,
        kind: EntryKind,
        step: Step,
        function: &str,
        values: &[DynSolValue],
    ) {
        if step == Step::Register {
            if let [config] = values
                && let Some(entry) = Entry::new(kind, config)
            {
                self.entries_mut(kind).push(entry);
            }
            return;
        }
        let Some(id) = values.first().and_then(key) else { return };
        if step == Step::Remove {
            self.entries_mut(kind).retain(|entry| entry.id != id);
            if kind == EntryKind::Domain {
                for entry in self.sentinels.iter_mut().chain(&mut self.streams) {
                    entry.domains.retain(|domain| *domain != id);
                }
            }
            return;
        }
        let Some(entry) = self.entries_mut(kind).iter_mut().find(|entry| entry.id == id) else {
            return;
        };
        match (step, values) {
            (Step::Update, [_, config]) => {
                if let Some(new) = Entry::new(kind, config) {
                    entry.fields = new.fields;
                }
            }
            (Step::Bind, [_, DynSolValue::Array(domains)]) => {
                entry.domains = domains.iter().filter_map(key).collect();
            }
            _ => {
                let found = decode::find_named(ContractName::Manager, function);
                let named = found.map(|(_, parameters)| by_name(&parameters, values));
                for (name, value) in named.unwrap_or_default() {
                    set(&mut entry.fields, name, &value);
                }
            }
        }
    }

    fn entries_mut(&mut self, kind: EntryKind) -> &mut Vec<Entry> {
        match kind {
            EntryKind::Domain => &mut self.domains,
            EntryKind::Sentinel => &mut self.sentinels,
            EntryKind::Stream => &mut self.streams,
        }
    }
}

impl Entry {
    /// The entry that a struct of the contract describes, bound to nothing; `None` for another struct.
    pub fn new(kind: EntryKind, config: &DynSolValue) -> Option<Self> {
        let outputs = View::find(ContractName::Manager, kind.get()).map(View::outputs)?;
        let Kind::Tuple(shape) = outputs.into_iter().next()?.kind else { return None };
        let values = config.as_tuple().filter(|values| values.len() == shape.len())?;
        let fields = shape.iter().zip(values);
        let fields: Vec<Field> =
            fields.filter_map(|(field, value)| leaf(field.name, &field.kind, value)).collect();
        let id = slug_key(value_of(&fields, "slug")?.as_str()?);
        Some(Self { id, kind, fields, domains: Vec::new() })
    }
}

fn set(fields: &mut [Field], name: &str, value: &DynSolValue) {
    if let Some(field) = fields.iter_mut().find(|field| field.name == name) {
        field.value = value.clone();
    }
}

fn zero(kind: &Kind) -> DynSolValue {
    match kind {
        Kind::Leaf(Leaf::Address) => Address::ZERO.into(),
        Kind::Leaf(Leaf::Bool) => false.into(),
        Kind::Leaf(Leaf::String) => DynSolValue::String(String::new()),
        Kind::Leaf(Leaf::Bytes) => DynSolValue::Bytes(Vec::new()),
        Kind::Leaf(Leaf::FixedBytes(size)) => DynSolValue::FixedBytes(B256::ZERO, *size),
        Kind::Leaf(Leaf::Uint(bits)) => DynSolValue::Uint(U256::ZERO, *bits),
        Kind::Leaf(Leaf::Int(bits)) => DynSolValue::Int(alloy_primitives::I256::ZERO, *bits),
        Kind::Tuple(fields) => DynSolValue::Tuple(fields.iter().map(zero_field).collect()),
        Kind::Array(_) => DynSolValue::Array(Vec::new()),
    }
}

fn zero_field(field: &Parameter) -> DynSolValue {
    zero(&field.kind)
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn an_empty_registry_is_what_a_new_manager_answers() {
        let governance = Address::ZERO;
        assert_eq!(Registry::empty(), Registry { governance, ..samples::empty() });
    }

    #[test]
    fn calls_change_what_they_name_and_nothing_else() {
        let ids = |slugs: &[&str]| {
            DynSolValue::Array(slugs.iter().map(|slug| slug_key(slug).into()).collect())
        };
        let mut registry = samples::registry();

        registry.apply("registerDomain", &[samples::domain("moon")]);
        registry
            .apply("setSentinelDomains", &[slug_key("watch").into(), ids(&["moon", "sea-lanes"])]);
        registry.apply("updateSentinel", &[slug_key("watch").into(), samples::sentinel("WATCH")]);
        registry.apply("setDomainStatus", &[slug_key("moon").into(), false.into()]);
        registry.apply(
            "updateRiskParameters",
            &[samples::uint(1, 64), samples::uint(2, 64), samples::uint(3, 256)],
        );

        let watch = registry.find(EntryKind::Sentinel, slug_key("watch")).unwrap();
        assert_eq!(watch.slug(), "WATCH");
        assert_eq!(watch.domains, [slug_key("moon"), slug_key("sea-lanes")]);
        assert!(!registry.find(EntryKind::Domain, slug_key("moon")).unwrap().is_active());
        let window = value_of(&registry.parameters, "guardianReviewWindow").unwrap();
        assert_eq!(window, &samples::uint(2, 64));

        registry.apply("removeDomain", &[slug_key("moon").into()]);
        let watch = registry.find(EntryKind::Sentinel, slug_key("watch")).unwrap();
        assert_eq!(watch.domains, [slug_key("sea-lanes")]);
        assert_eq!(registry.domains.len(), 2);
    }
}
