//! What the chain answered, and what it says about the contracts.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

use super::Surveyed;
use crate::api::ReadValue;
use crate::chain::abi::{IOwnerProxy, IPauseGuardian, ITimelock};
use crate::chain::manager::Registry;
use crate::chain::{Call, Contracts};
use crate::plan::{Order, Roster, Stage};
use crate::policy::ModelAdapter;

/// The answers, round by round.
pub(super) struct Answers<'a> {
    rounds: std::slice::Iter<'a, Vec<ReadValue>>,
}

impl<'a> Answers<'a> {
    pub(super) fn of(rounds: &'a [Vec<ReadValue>]) -> Self {
        Self { rounds: rounds.iter() }
    }

    /// The answers to these calls; or the calls, if nobody has asked them yet.
    pub(super) fn next(&mut self, calls: &[Call]) -> Result<&'a [ReadValue], Surveyed> {
        if calls.is_empty() {
            return Ok(&[]);
        }
        match self.rounds.next() {
            Some(round) if round.len() == calls.len() => Ok(round),
            // The plan is another one by now: it is asked anew.
            Some(_) => Err(trouble("The chain changed while it was read")),
            None => Err(Surveyed::Ask(calls.to_vec())),
        }
    }
}

/// What the chain says before anything is planned.
pub(super) struct Site {
    pub(super) owner: Address,
    pub(super) nonce: U256,
    pub(super) delay: u64,
    pub(super) registry: Registry,
    pub(super) roster: Roster,
}

/// Calls before those of the registry.
const BASICS: usize = 3;

impl Site {
    pub(super) fn read(
        contracts: &Contracts,
        adapters: &[ModelAdapter],
        answers: &mut Answers<'_>,
    ) -> Result<Self, Surveyed> {
        let ask = |to, data: Vec<u8>| Call { to, data: data.into() };
        let mut calls = vec![
            ask(contracts.owner_proxy, IOwnerProxy::ownerCall {}.abi_encode()),
            ask(contracts.pause_guardian, IPauseGuardian::ownerCall {}.abi_encode()),
            ask(contracts.owner_timelock, ITimelock::getMinDelayCall {}.abi_encode()),
        ];
        let of_registry = Registry::calls(contracts);
        let roster_at = BASICS.saturating_add(of_registry.len());
        calls.extend(of_registry);
        calls.extend(Roster::calls(contracts, adapters));
        let first = answers.next(&calls)?;
        let silent = || trouble("The contracts do not say who owns them");
        let [owner, brake, delay, ..] = first else { return Err(silent()) };
        let owner = owner.decode::<IOwnerProxy::ownerCall>().ok_or_else(silent)?;
        let brake = brake.decode::<IPauseGuardian::ownerCall>().ok_or_else(silent)?;
        let delay = delay.decode::<ITimelock::getMinDelayCall>().ok_or_else(silent)?;
        if brake != contracts.owner_proxy {
            return Err(Surveyed::Trouble {
                what: format!(
                    "PAUSE_GUARDIAN_NOT_OWNER: the pause guardian contract belongs to {brake}, expected {}",
                    contracts.owner_proxy
                ),
                mend: format!("Let {brake} hand it over to the owner's door first."),
            });
        }
        let registry = first.get(BASICS..roster_at).unwrap_or_default();
        let registry = Registry::read(registry).map_err(|error| trouble(&error.to_string()))?;
        let roster = first.get(roster_at..).unwrap_or_default();
        let roster = Roster::read(roster, adapters).map_err(|error| trouble(&error.to_string()))?;
        if registry.governance != contracts.owner_proxy {
            return Err(Surveyed::Trouble {
                what: format!(
                    "The manager obeys {}, and not the owner's door {}",
                    registry.governance, contracts.owner_proxy
                ),
                mend:
                    "Carry the plan out with `phase8 bootstrap`, which sends to the manager itself."
                        .to_owned(),
            });
        }
        let nonces = IOwnerProxy::noncesCall { owner }.abi_encode();
        let mut calls = vec![ask(contracts.owner_proxy, nonces)];
        calls.extend(registry.binding_calls(contracts));
        let [nonce, bindings @ ..] = answers.next(&calls)? else { return Err(silent()) };
        let nonce = nonce.decode::<IOwnerProxy::noncesCall>().ok_or_else(silent)?;
        let registry = registry.bind(bindings).map_err(|error| trouble(&error.to_string()))?;
        Ok(Self { owner, nonce, delay: delay.saturating_to(), registry, roster })
    }

    /// How far an order is that waits; its answers are taken off the row.
    pub(super) fn stage<'a>(
        &self,
        contracts: &Contracts,
        order: &Order,
        timestamps: &mut impl Iterator<Item = &'a ReadValue>,
        now: u64,
    ) -> Option<Stage> {
        let operations = order.operations(contracts, self.delay);
        let taken: Vec<U256> = timestamps
            .by_ref()
            .take(operations.len())
            .map(|answer| answer.decode::<ITimelock::getTimestampCall>().unwrap_or_default())
            .collect();
        Stage::of(operations, &taken, now)
    }
}

fn trouble(what: &str) -> Surveyed {
    let mend = "Plan again; if it stays so, look at the addresses on the System page.";
    Surveyed::Trouble { what: what.to_owned(), mend: mend.to_owned() }
}
