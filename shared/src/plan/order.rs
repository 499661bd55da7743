//! Everything that a bootstrap asks of the owner, in the order in which it is sent: the calls of the manager, then the
//! validators' guild of the policies, then the model adapters.
//!
//! The guild and the adapters are only added to. Who is no longer named, and adapters whose record changed, are told as
//! remarks: taking a validator or an adapter away can stop missions that are under way.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, I256, U256, keccak256};
use alloy_sol_types::SolCall;

use super::{Plan, PlanGroup, PlannedCall};
use crate::api::ReadValue;
use crate::chain::abi::{IModelRegistry, ITimelock, IValidatorRegistry};
use crate::chain::{Call, Change, ContractName, Contracts, Lever, Operation, adapter_key};
use crate::policy::{GovernancePolicies, ModelAdapter};
use crate::score::{adapter_composite, adapter_record_hash};

/// Milliseconds after its validation at which an adapter's score is taken: the usual mission's eight hours. A fixed
/// moment, so that the same record is always the same call.
const SCORED_AFTER: u64 = 8 * 3_600_000;

/// Operations with the same effect that are looked for, one after the other was carried out.
pub const ATTEMPTS: u8 = 4;

/// One thing that the owner orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What it is part of.
    pub group: OrderGroup,
    /// The function.
    pub function: &'static str,
    /// The entry, validator or adapter that it is about, if it is about one.
    pub slug: Option<String>,
    /// Fields that it changes, where the entry is there already.
    pub changed: Vec<&'static str>,
    /// The call, with its undo.
    pub lever: Lever,
}

/// Parts of everything that is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderGroup {
    /// A part of the manager's plan.
    Manager(PlanGroup),
    /// Members of the validators' guild.
    Guild,
    /// Model adapters.
    Adapters,
}

/// The guild and the adapters as the chain has them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// Members of the guild.
    pub guild: Vec<Address>,
    /// Hashes of the records of registered adapters, by their keys; zero where nobody asked.
    pub adapters: BTreeMap<B256, B256>,
}

/// The answers about guild and adapters cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the chain's answer to {0} is not one: does the deployment file belong to this chain?")]
pub struct RosterError(pub &'static str);

/// What is to be ordered beside the manager's calls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Muster {
    /// The orders.
    pub orders: Vec<Order>,
    /// Members and adapters that are there already.
    pub unchanged: usize,
    /// What differs and is left to a person.
    pub remarks: Vec<String>,
}

/// How far an order is that waits in the owner's timelock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It is to be scheduled, as this operation.
    Schedule(Operation),
    /// It was scheduled and waits.
    Waits {
        /// Unix seconds from which it can be carried out.
        until: u64,
    },
    /// It was scheduled and has waited: anybody can carry it out.
    Due(Operation),
}

impl Roster {
    /// The calls whose answers [`Roster::read`] takes.
    pub fn calls(contracts: &Contracts, adapters: &[ModelAdapter]) -> Vec<Call> {
        let ask = |name, data: Vec<u8>| Call { to: contracts.address(name), data: data.into() };
        let (guild, registry) = (ContractName::ValidatorRegistry, ContractName::ModelRegistry);
        let mut calls = vec![
            ask(guild, IValidatorRegistry::validatorsCall {}.abi_encode()),
            ask(registry, IModelRegistry::adaptersCall {}.abi_encode()),
        ];
        calls.extend(adapters.iter().map(|adapter| {
            let adapter = adapter_key(adapter.id.as_str());
            ask(registry, IModelRegistry::adapterOfCall { adapter }.abi_encode())
        }));
        calls
    }

    /// From the answers to [`Roster::calls`] about the same adapters.
    pub fn read(answers: &[ReadValue], adapters: &[ModelAdapter]) -> Result<Self, RosterError> {
        let at = |index: usize, what| answers.get(index).ok_or(RosterError(what));
        let guild = at(0, "validators()")?.decode::<IValidatorRegistry::validatorsCall>();
        let listed = at(1, "adapters()")?.decode::<IModelRegistry::adaptersCall>();
        let mut found: BTreeMap<B256, B256> = listed
            .ok_or(RosterError("adapters()"))?
            .into_iter()
            .map(|key| (key, B256::ZERO))
            .collect();
        for (index, adapter) in (2..).zip(adapters) {
            let what = "adapterOf(bytes32)";
            let record = at(index, what)?.decode::<IModelRegistry::adapterOfCall>();
            let record = record.ok_or(RosterError(what))?;
            if let Some(hash) = found.get_mut(&adapter_key(adapter.id.as_str())) {
                *hash = record.recordHash;
            }
        }
        Ok(Self { guild: guild.ok_or(RosterError("validators()"))?, adapters: found })
    }
}

/// The members of the guild and the adapters that the chain lacks.
pub fn muster(
    policies: Option<&GovernancePolicies>,
    adapters: &[ModelAdapter],
    roster: &Roster,
) -> Muster {
    let mut muster = Muster::default();
    let wanted = policies.map(GovernancePolicies::guild).unwrap_or_default();
    for member in &wanted {
        if roster.guild.contains(member) {
            muster.unchanged = muster.unchanged.saturating_add(1);
            continue;
        }
        let change = Change {
            contract: ContractName::ValidatorRegistry,
            data: IValidatorRegistry::addValidatorCall { account: *member }.abi_encode().into(),
            undo: Some(
                IValidatorRegistry::removeValidatorCall { account: *member }.abi_encode().into(),
            ),
        };
        muster.orders.push(Order {
            group: OrderGroup::Guild,
            function: "addValidator",
            slug: Some(member.to_string()),
            changed: Vec::new(),
            lever: Lever::Change(change),
        });
    }
    if policies.is_some() {
        let others = roster.guild.iter().filter(|member| !wanted.contains(member));
        muster.remarks.extend(others.map(|member| {
            format!("the guild's member {member} is not in the governance policies: remove them by the owner's hand if they are to go")
        }));
    }
    for adapter in adapters {
        muster.adapter(adapter, roster);
    }
    muster
}

impl Muster {
    fn adapter(&mut self, adapter: &ModelAdapter, roster: &Roster) {
        let (id, record) = (adapter.id.as_str(), adapter_record_hash(adapter));
        let key = adapter_key(id);
        match roster.adapters.get(&key) {
            Some(hash) if *hash == record => self.unchanged = self.unchanged.saturating_add(1),
            Some(_) => self.remarks.push(format!(
                "the adapter {id} is registered with another record: retire it and plan again to register it anew"
            )),
            None => {
                let moment = adapter.last_validated.plus_millis(SCORED_AFTER);
                let score = I256::try_from(adapter_composite(adapter, moment)).unwrap_or_default();
                let call = IModelRegistry::registerAdapterCall {
                    id: id.to_owned(),
                    recordHash: record,
                    score,
                };
                let back = IModelRegistry::retireAdapterCall { adapter: key };
                let change = Change {
                    contract: ContractName::ModelRegistry,
                    data: call.abi_encode().into(),
                    undo: Some(back.abi_encode().into()),
                };
                self.orders.push(Order {
                    group: OrderGroup::Adapters,
                    function: "registerAdapter",
                    slug: Some(id.to_owned()),
                    changed: Vec::new(),
                    lever: Lever::Change(change),
                });
            }
        }
    }
}

impl OrderGroup {
    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Manager(group) => group.title(),
            Self::Guild => "Validators' guild",
            Self::Adapters => "Model adapters",
        }
    }
}

impl From<&PlannedCall> for Order {
    fn from(call: &PlannedCall) -> Self {
        Self {
            group: OrderGroup::Manager(call.group),
            function: call.function,
            slug: call.slug.clone(),
            changed: call.changed.clone(),
            lever: call.lever(),
        }
    }
}

impl Plan {
    /// Its calls as orders.
    pub fn orders(&self) -> Vec<Order> {
        self.calls.iter().map(Order::from).collect()
    }
}

impl Order {
    /// The operations by which a bootstrap schedules it, where it is delayed: the first, and those that follow when one with
    /// the same effect was carried out before. The same order always gives the same operations.
    pub fn operations(&self, contracts: &Contracts, delay: u64) -> Vec<Operation> {
        if !self.lever.is_delayed() {
            return Vec::new();
        }
        let effect = self.lever.effect(contracts);
        let salt = |attempt: u8| {
            keccak256([b"phase8 bootstrap".as_slice(), &effect.data, &[attempt]].concat())
        };
        let operation = |attempt| Operation {
            timelock: contracts.owner_timelock,
            effect: effect.clone(),
            predecessor: B256::ZERO,
            salt: salt(attempt),
            delay,
        };
        (0..ATTEMPTS).map(operation).collect()
    }
}

impl Stage {
    /// The call that asks a timelock about an operation.
    pub fn question(operation: &Operation) -> Call {
        let call = ITimelock::getTimestampCall { id: operation.id() };
        Call { to: operation.timelock, data: call.abi_encode().into() }
    }

    /// What is next of operations with these timestamps, as the timelock names them: 0 was never scheduled, 1 is done.
    pub fn of(operations: Vec<Operation>, timestamps: &[U256], now: u64) -> Option<Self> {
        for (operation, timestamp) in operations.into_iter().zip(timestamps) {
            match timestamp.saturating_to::<u64>() {
                0 => return Some(Self::Schedule(operation)),
                1 => {}
                until if until <= now => return Some(Self::Due(operation)),
                until => return Some(Self::Waits { until }),
            }
        }
        None
    }
}

/// `registerDomain planetary-finance`, `updateDomain planetary-finance (tvlLimit, active)`.
impl std::fmt::Display for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.function)?;
        if let Some(slug) = &self.slug {
            write!(f, " {slug}")?;
        }
        if self.changed.is_empty() { Ok(()) } else { write!(f, " ({})", self.changed.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{read_adapters, read_policies};

    fn adapters() -> Vec<ModelAdapter> {
        let text = include_str!("../../../configs/model-adapters.json");
        read_adapters(text).into_result().unwrap().0
    }

    fn policies() -> GovernancePolicies {
        let text = include_str!("../../../configs/governance-policies.json");
        read_policies(text).into_result().unwrap().0
    }

    fn contracts() -> Contracts {
        Contracts::locate(|name| Address::with_last_byte(1 + name as u8))
    }

    fn all() -> Roster {
        let hashes = adapters()
            .iter()
            .map(|it| (adapter_key(it.id.as_str()), adapter_record_hash(it)))
            .collect();
        Roster { guild: policies().guild(), adapters: hashes }
    }

    #[test]
    fn an_empty_chain_gets_every_member_and_every_adapter() {
        let muster = muster(Some(&policies()), &adapters(), &Roster::default());

        let said: Vec<String> = muster.orders.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        addValidator 0x90F79bf6EB2c4f870365E785982E1f101E93b906
        addValidator 0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65
        addValidator 0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc
        registerAdapter gpt-elite-256k
        registerAdapter code-savant-x
        registerAdapter sentience-alpha
        registerAdapter steady-hand-32k
        ");
        assert_eq!(muster.unchanged, 0);
    }

    #[test]
    fn a_chain_that_has_everything_gets_nothing() {
        let muster = muster(Some(&policies()), &adapters(), &all());

        assert_eq!((muster.orders.len(), muster.unchanged), (0, 7));
        assert!(muster.remarks.is_empty());
    }

    #[test]
    fn what_would_have_to_be_taken_away_is_told_and_left() {
        let mut roster = all();
        roster.guild.push(Address::repeat_byte(0x42));
        if let Some(hash) = roster.adapters.values_mut().next() {
            *hash = B256::repeat_byte(1);
        }

        let muster = muster(Some(&policies()), &adapters(), &roster);

        assert!(muster.orders.is_empty());
        assert_eq!(muster.remarks.len(), 2, "{:?}", muster.remarks);
    }

    #[test]
    fn an_operation_is_found_again_and_follows_on_one_that_is_done() {
        let order = muster(None, &adapters(), &Roster::default()).orders.remove(0);
        let operations = order.operations(&contracts(), 30);
        let stage = |timestamps: [u64; 2]| {
            let timestamps = timestamps.map(U256::from);
            Stage::of(order.operations(&contracts(), 9), &timestamps, 100)
        };

        assert_eq!(operations.len(), usize::from(ATTEMPTS));
        let is = |stage: Option<Stage>, id| match stage {
            Some(Stage::Schedule(operation) | Stage::Due(operation)) => operation.id() == id,
            Some(Stage::Waits { .. }) | None => false,
        };
        assert!(is(stage([0, 0]), operations[0].id()));
        assert!(is(stage([1, 0]), operations[1].id()));
        assert!(is(stage([100, 0]), operations[0].id()));
        assert_eq!(stage([101, 0]), Some(Stage::Waits { until: 101 }));
        assert_eq!(stage([1, 1]), None);
    }
}
