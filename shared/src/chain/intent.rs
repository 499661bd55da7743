//! One intent, built once, from which every exit is made: wallet transaction, relayed request, Safe batch, `cast send`
//! line and evidence file all carry the same call and name the same digest.

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;

use super::abi::{IOwnerProxy, ITimelock};
use super::{Call, ContractName, Contracts, Lever, OwnerRequest};

/// What the owner orders: a lever, made into the one call that passes the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// The lever.
    pub lever: Lever,
    /// The operation that waits, if the lever is delayed.
    pub operation: Option<Operation>,
    /// What the owner signs where somebody else sends it; it holds the call that passes the door.
    pub request: OwnerRequest,
}

/// What an intent needs to know beside the lever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The owner's nonce at the proxy.
    pub nonce: U256,
    /// Unix seconds after which a signed request is void.
    pub deadline: u64,
    /// Seconds that the owner's timelock waits at least.
    pub delay: u64,
    /// Any value; it tells one operation from another with the same effect.
    pub salt: B256,
}

/// A call that waits in a timelock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The timelock.
    pub timelock: Address,
    /// The call that has the effect.
    pub effect: Call,
    /// Operation that must be done before; zero for none.
    pub predecessor: B256,
    /// Tells it from another with the same effect.
    pub salt: B256,
    /// Seconds that it waits.
    pub delay: u64,
}

impl Operation {
    /// Its id in the timelock: keccak-256 of the ABI-encoded target, value, data, predecessor and salt.
    pub fn id(&self) -> B256 {
        let encoded = ITimelock::hashOperationCall {
            target: self.effect.to,
            value: U256::ZERO,
            data: self.effect.data.clone(),
            predecessor: self.predecessor,
            salt: self.salt,
        }
        .abi_encode();
        alloy_primitives::keccak256(encoded.get(4..).unwrap_or_default())
    }

    /// The call that schedules it; for the timelock's proposer.
    pub fn schedule(&self) -> Call {
        let call = ITimelock::scheduleCall {
            target: self.effect.to,
            value: U256::ZERO,
            data: self.effect.data.clone(),
            predecessor: self.predecessor,
            salt: self.salt,
            delay: U256::from(self.delay),
        };
        Call { to: self.timelock, data: call.abi_encode().into() }
    }

    /// The call that carries it out when its delay is over; for anyone.
    pub fn execute(&self) -> Call {
        let call = ITimelock::executeCall {
            target: self.effect.to,
            value: U256::ZERO,
            payload: self.effect.data.clone(),
            predecessor: self.predecessor,
            salt: self.salt,
        };
        Call { to: self.timelock, data: call.abi_encode().into() }
    }
}

impl Intent {
    /// The intent of flipping a lever.
    pub fn new(lever: Lever, contracts: &Contracts, around: Circumstances) -> Self {
        let effect = lever.effect(contracts);
        let operation = lever.is_delayed().then(|| Operation {
            timelock: contracts.address(ContractName::OwnerTimelock),
            effect: effect.clone(),
            predecessor: B256::ZERO,
            salt: around.salt,
            delay: around.delay,
        });
        let ordered = operation.as_ref().map_or(effect, Operation::schedule);
        let request = OwnerRequest {
            chain_id: around.chain_id,
            proxy: contracts.owner_proxy,
            target: ordered.to,
            data: ordered.data,
            nonce: around.nonce,
            deadline: around.deadline,
        };
        Self { lever, operation, request }
    }

    /// The call that passes the door: of the contract itself, or of the timelock.
    pub fn ordered(&self) -> Call {
        Call { to: self.request.target, data: self.request.data.clone() }
    }

    /// First exit: the call that the owner's own wallet sends.
    pub fn transaction(&self) -> Call {
        let call = IOwnerProxy::executeCall {
            target: self.request.target,
            data: self.request.data.clone(),
        };
        Call { to: self.request.proxy, data: call.abi_encode().into() }
    }

    /// Second exit: the call by which anybody carries the owner's signature.
    pub fn relayed(&self, signature: Bytes) -> Call {
        self.request.relayed(signature)
    }

    /// The EIP-712 digest that every exit names.
    pub fn digest(&self) -> B256 {
        self.request.digest()
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::b256;

    use super::*;
    use crate::chain::decode::decode;
    use crate::id::MissionId;
    use crate::money::MicroUsd;

    fn contracts() -> Contracts {
        Contracts::locate(|name| Address::with_last_byte(1 + name as u8))
    }

    fn around() -> Circumstances {
        Circumstances {
            chain_id: 31337,
            nonce: U256::from(3),
            deadline: 1_900_000_000,
            delay: 60,
            salt: B256::repeat_byte(9),
        }
    }

    fn cap(now: u64, new: u64) -> Lever {
        Lever::BudgetCap {
            mission: MissionId::from_bytes([1; 16]).key(),
            now: MicroUsd::new(now),
            new: MicroUsd::new(new),
        }
    }

    #[test]
    fn lowering_acts_at_once_and_raising_waits() {
        let path = |lever| {
            let intent = Intent::new(lever, &contracts(), around());
            decode(&contracts(), &intent.transaction()).unwrap().path()
        };

        assert_eq!(path(cap(5, 4)), "OwnerProxy.execute → BudgetManager.updateCap");
        assert_eq!(
            path(cap(4, 5)),
            "OwnerProxy.execute → OwnerTimelock.schedule → BudgetManager.updateCap"
        );
    }

    #[test]
    fn wallet_and_relay_carry_the_same_call() {
        let intent = Intent::new(cap(5, 4), &contracts(), around());

        let sent = decode(&contracts(), &intent.transaction()).unwrap();
        let relayed = decode(&contracts(), &intent.relayed(vec![1, 2, 3].into())).unwrap();

        assert_eq!(sent.inner, relayed.inner);
    }

    #[test]
    fn an_operation_has_the_id_that_openzeppelin_gives_it() {
        let operation = Operation {
            timelock: Address::ZERO,
            effect: Call { to: Address::repeat_byte(0x11), data: vec![0xab, 0xcd].into() },
            predecessor: B256::ZERO,
            salt: B256::repeat_byte(0x22),
            delay: 1,
        };
        assert_eq!(
            operation.id(),
            b256!("f6632c3824e56c61e05c2f98261d56ed802ed430385475015865778dcf0c8fca")
        );
    }
}
