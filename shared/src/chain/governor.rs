//! Calls about votes on adapters: to propose an upgrade, to vote, to queue what passed and to carry it out.

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::SolCall;

use super::abi::{IAdapterGovernor, IAgiAlpha, IModelRegistry};
use super::{AdapterScope, Call, Contracts, adapter_key};
use crate::id::Role;

/// How somebody votes, as OpenZeppelin's simple counting numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// Against it.
    Against = 0,
    /// For it.
    For = 1,
    /// Taking part, and neither.
    Abstain = 2,
}

/// An adapter to be chosen for every agent with a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upgrade<'a> {
    /// The role.
    pub role: &'a Role,
    /// Id of the adapter.
    pub adapter: &'a str,
    /// Why. The registry stores it, so that a lower score of its own does not hold the choice up.
    pub reason: &'a str,
}

impl Upgrade<'_> {
    /// What it does at the registry.
    pub fn effect(&self, contracts: &Contracts) -> Call {
        let call = IModelRegistry::setActiveAdapterWithReasonCall {
            scope: AdapterScope::Role { role: self.role.clone() }.key(),
            adapter: adapter_key(self.adapter),
            reason: self.reason.to_owned(),
        };
        Call { to: contracts.model_registry, data: call.abi_encode().into() }
    }

    /// What is proposed, for those who vote.
    pub fn description(&self) -> String {
        format!("{} for every {}. {}", self.adapter, self.role, self.reason)
    }

    /// The call that proposes it.
    pub fn propose(&self, contracts: &Contracts) -> Call {
        let effect = self.effect(contracts);
        let call = IAdapterGovernor::proposeCall {
            targets: vec![effect.to],
            values: vec![U256::ZERO],
            calldatas: vec![effect.data],
            description: self.description(),
        };
        Call { to: contracts.adapter_governor, data: call.abi_encode().into() }
    }

    /// Whether a call of a proposal chooses this adapter for this role, whatever reason it gives.
    pub fn is_effect(&self, contracts: &Contracts, call: &Call) -> bool {
        let scope = AdapterScope::Role { role: self.role.clone() }.key();
        let adapter = adapter_key(self.adapter);
        let data = &call.data;
        let with = IModelRegistry::setActiveAdapterWithReasonCall::abi_decode(data)
            .is_ok_and(|call| (call.scope, call.adapter) == (scope, adapter));
        let without = IModelRegistry::setActiveAdapterCall::abi_decode(data)
            .is_ok_and(|call| (call.scope, call.adapter) == (scope, adapter));
        call.to == contracts.model_registry && (with || without)
    }
}

/// The call that votes.
pub fn vote(contracts: &Contracts, proposal: U256, support: Support) -> Call {
    let call = IAdapterGovernor::castVoteCall { proposalId: proposal, support: support as u8 };
    Call { to: contracts.adapter_governor, data: call.abi_encode().into() }
}

/// The call that puts what passed into the timelock; for anyone.
pub fn queue(contracts: &Contracts, calls: &[Call], description: &str) -> Call {
    let (targets, values, calldatas) = apart(calls);
    let call = IAdapterGovernor::queueCall {
        targets,
        values,
        calldatas,
        descriptionHash: keccak256(description),
    };
    Call { to: contracts.adapter_governor, data: call.abi_encode().into() }
}

/// The call that carries out what waited long enough; for anyone.
pub fn execute(contracts: &Contracts, calls: &[Call], description: &str) -> Call {
    let (targets, values, calldatas) = apart(calls);
    let call = IAdapterGovernor::executeCall {
        targets,
        values,
        calldatas,
        descriptionHash: keccak256(description),
    };
    Call { to: contracts.adapter_governor, data: call.abi_encode().into() }
}

/// The call that lets an account's own tokens vote: without it they count for nobody.
pub fn delegate(contracts: &Contracts, to: Address) -> Call {
    let call = IAgiAlpha::delegateCall { delegatee: to };
    Call { to: contracts.token, data: call.abi_encode().into() }
}

/// The salt that the governor queues a proposal with: its own address, crossed with the description's hash.
pub fn queue_salt(governor: Address, description: &str) -> B256 {
    let mut salt = [0; 32];
    let (address, _) = salt.split_at_mut(20);
    address.copy_from_slice(governor.as_slice());
    B256::from(salt) ^ keccak256(description)
}

fn apart(calls: &[Call]) -> (Vec<Address>, Vec<U256>, Vec<alloy_primitives::Bytes>) {
    (
        calls.iter().map(|call| call.to).collect(),
        vec![U256::ZERO; calls.len()],
        calls.iter().map(|call| call.data.clone()).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::decode::{NotDecoded, decode};

    fn contracts() -> Contracts {
        Contracts::locate(|name| Address::with_last_byte(1 + name as u8))
    }

    #[test]
    fn a_proposal_is_taken_apart_to_what_it_would_do() {
        let role: Role = "analyst".parse().unwrap();
        let upgrade = Upgrade { role: &role, adapter: "swift-hand", reason: "it is cheaper" };
        let effect = upgrade.effect(&contracts());

        let path = |call| decode(&contracts(), &call).unwrap().path();
        assert_eq!(
            path(upgrade.propose(&contracts())),
            "AdapterGovernor.propose → ModelRegistry.setActiveAdapterWithReason"
        );
        assert_eq!(
            path(queue(&contracts(), std::slice::from_ref(&effect), &upgrade.description())),
            "AdapterGovernor.queue → ModelRegistry.setActiveAdapterWithReason"
        );
        assert_eq!(
            path(vote(&contracts(), U256::from(7), Support::For)),
            "AdapterGovernor.castVote"
        );
        assert!(upgrade.is_effect(&contracts(), &effect));
        assert!(!Upgrade { adapter: "other", ..upgrade }.is_effect(&contracts(), &effect));
    }

    #[test]
    fn a_proposal_that_would_send_money_or_call_a_stranger_is_not_decoded() {
        let role: Role = "analyst".parse().unwrap();
        let upgrade = Upgrade { role: &role, adapter: "a", reason: "b" };
        let effect = upgrade.effect(&contracts());
        let propose = |target: Address, value: u64, values: usize| {
            let call = IAdapterGovernor::proposeCall {
                targets: vec![target],
                values: vec![U256::from(value); values],
                calldatas: vec![effect.data.clone()],
                description: String::new(),
            };
            let data = call.abi_encode().into();
            decode(&contracts(), &Call { to: contracts().adapter_governor, data }).unwrap_err()
        };
        assert!(matches!(propose(effect.to, 1, 1), NotDecoded::CarriesValue { .. }));
        assert!(matches!(propose(Address::repeat_byte(9), 0, 1), NotDecoded::UnknownContract(_)));
        assert!(matches!(propose(effect.to, 0, 2), NotDecoded::Malformed { .. }));
    }
}
