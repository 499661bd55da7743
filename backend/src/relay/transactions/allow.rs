//! Which calls this server relays: those of the table that the page builds from, each from where it takes effect. Whatever
//! is decoded encodes to the very same bytes again, so that nothing can hide behind the arguments.

use alloy::primitives::{Address, Bytes, U256};
use phase8_shared::chain::decode::{Caller, Decoded, Pace, decode};
use phase8_shared::chain::field::DynSolValue;
use phase8_shared::chain::{Call, ContractName, Contracts};
use phase8_shared::money::TokenAmount;

use super::RelayError;

/// A call that is relayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Allowed {
    /// Contract and function, through every call that it carries.
    pub(super) call: String,
    /// How much of the wallet's tokens the escrow is allowed to take, if that is what it is about.
    pub(super) approves: Option<U256>,
    /// Whether it stops the fleet, and does nothing else.
    pub(super) brakes: bool,
}

/// What a wallet's call is, if it is one that is relayed.
pub(super) fn classify(
    contracts: &Contracts,
    to: Address,
    data: &Bytes,
) -> Result<Allowed, RelayError> {
    let decoded = take_apart(contracts, to, data)?;
    from_a_wallet(&decoded)?;
    let approves = approval(contracts, &decoded)?;
    Ok(Allowed { call: decoded.path(), approves, brakes: brakes(&decoded) })
}

/// What a call through the owner's door is, in words, if it is one that is relayed.
pub(in crate::relay) fn behind_door(
    contracts: &Contracts,
    target: Address,
    data: &Bytes,
) -> Result<String, RelayError> {
    let decoded = take_apart(contracts, target, data)?;
    from_the_door(&decoded)?;
    Ok(decoded.path())
}

/// An approval of more than the wallet holds is one without a limit by another name.
pub(super) fn is_unlimited(approved: U256, held: TokenAmount) -> bool {
    approved > held.get()
}

fn take_apart(contracts: &Contracts, to: Address, data: &Bytes) -> Result<Decoded, RelayError> {
    decode(contracts, &Call { to, data: data.clone() }).map_err(|error| refuse(error.to_string()))
}

fn from_a_wallet(decoded: &Decoded) -> Result<(), RelayError> {
    match decoded.function.caller {
        Caller::Anyone if decoded.contract == ContractName::OwnerTimelock => {
            decoded.inner.iter().try_for_each(after_the_delay)
        }
        Caller::OwnerDirectly | Caller::Anyone => decoded.inner.iter().try_for_each(from_the_door),
        Caller::PauseGuardian | Caller::Guardian | Caller::Validator | Caller::Operator => Ok(()),
        // What is voted on waits for the delay as what the owner schedules does.
        Caller::Voter => decoded.inner.iter().try_for_each(after_the_delay),
        Caller::Owner | Caller::Manager | Caller::Timelock => Err(refuse(format!(
            "{} takes effect from nobody's wallet, but only through the owner proxy",
            decoded.path()
        ))),
    }
}

fn from_the_door(decoded: &Decoded) -> Result<(), RelayError> {
    match decoded.function.caller {
        Caller::Owner if decoded.contract == ContractName::OwnerTimelock => {
            decoded.inner.iter().try_for_each(after_the_delay)
        }
        Caller::Owner | Caller::PauseGuardian => Ok(()),
        Caller::Timelock => Err(refuse(format!(
            "{} accelerates, so it must be scheduled: OwnerTimelock.schedule takes it after the delay",
            decoded.path()
        ))),
        Caller::OwnerDirectly
        | Caller::Manager
        | Caller::Guardian
        | Caller::Validator
        | Caller::Operator
        | Caller::Voter
        | Caller::Anyone => {
            Err(refuse(format!("{} is none of the owner proxy's levers", decoded.path())))
        }
    }
}

fn after_the_delay(decoded: &Decoded) -> Result<(), RelayError> {
    if decoded.function.caller == Caller::Timelock || decoded.function.pace == Pace::ByValue {
        return Ok(());
    }
    Err(refuse(format!("{} is none of the levers that wait for the delay", decoded.path())))
}

/// The switch's own `pauseAll`, or the pause guardian's.
fn brakes(decoded: &Decoded) -> bool {
    decoded.innermost().into_iter().all(|call| {
        matches!(call.contract, ContractName::SystemPause | ContractName::PauseGuardian)
            && call.function.name() == "pauseAll"
    })
}

fn approval(contracts: &Contracts, decoded: &Decoded) -> Result<Option<U256>, RelayError> {
    if decoded.contract != ContractName::Token || decoded.function.name() != "approve" {
        return Ok(None);
    }
    let spender = decoded.argument("spender").and_then(DynSolValue::as_address);
    if spender != Some(contracts.escrow) {
        let found = spender.unwrap_or_default();
        return Err(refuse(format!(
            "the approval is for {found}, expected the mission escrow {}",
            contracts.escrow
        )));
    }
    Ok(decoded.argument("value").and_then(DynSolValue::as_uint).map(|(value, _)| value))
}

const fn refuse(found: String) -> RelayError {
    RelayError::NotAllowed { found }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::B256;
    use alloy::sol_types::SolCall;
    use phase8_shared::chain::abi::{
        IAgiAlpha, IBudgetManager, IManager, IOwnerProxy, IPauseGuardian, ISystemPause,
    };
    use phase8_shared::chain::decode::{FUNCTIONS, Function};
    use phase8_shared::chain::{Operation, approve_call};

    use super::*;

    fn contracts() -> Contracts {
        Contracts::locate(|name| Address::repeat_byte(name as u8 + 1))
    }

    fn allowed(call: &Call) -> Result<Allowed, RelayError> {
        classify(&contracts(), call.to, &call.data)
    }

    fn execute(target: Address, data: Vec<u8>) -> Call {
        let data = IOwnerProxy::executeCall { target, data: data.into() }.abi_encode().into();
        Call { to: contracts().owner_proxy, data }
    }

    fn cap() -> Vec<u8> {
        IBudgetManager::updateCapCall { mission: B256::ZERO, microUsd: U256::from(5) }.abi_encode()
    }

    fn refused(call: &Call) -> String {
        allowed(call).unwrap_err().to_string()
    }

    /// A call of this function with arguments that are all zero or empty.
    fn zeroes(function: &Function) -> Option<Call> {
        let at = contracts();
        let text = function.declaration;
        let simple = !text.contains("bytes data") && !text.contains("bytes payload");
        let (name, parameters) =
            phase8_shared::chain::decode::signature::parse(function.declaration).ok()?;
        let selector = phase8_shared::chain::decode::signature::selector(name, &parameters);
        let only_words = parameters.iter().all(|parameter| {
            let kind = parameter.kind.canonical();
            !kind.contains(['(', '[']) && kind != "string" && kind != "bytes"
        });
        (simple && only_words).then(|| {
            let mut data = selector.to_vec();
            data.resize(4 + 32 * parameters.len(), 0);
            Call { to: at.address(function.contract), data: data.into() }
        })
    }

    #[test]
    fn every_function_of_the_table_is_relayed_from_where_it_takes_effect_and_from_nowhere_else() {
        let mut seen = 0;
        for function in FUNCTIONS {
            let Some(call) = zeroes(function) else { continue };
            if function.contract == ContractName::Token {
                continue;
            }
            seen += 1;
            let name = function.declaration;
            let behind = behind_door(&contracts(), call.to, &call.data).is_ok();
            assert_eq!(behind, function.is_behind_door(), "{name}");
            let direct = allowed(&call).is_ok();
            let from_outside =
                !matches!(function.caller, Caller::Owner | Caller::Manager | Caller::Timelock);
            assert_eq!(direct, from_outside, "{name}");
            let operation = Operation {
                timelock: contracts().owner_timelock,
                effect: call,
                predecessor: B256::ZERO,
                salt: B256::ZERO,
                delay: 60,
            };
            let scheduled = execute(contracts().owner_timelock, operation.schedule().data.to_vec());
            let delayed = function.caller == Caller::Timelock || function.pace == Pace::ByValue;
            assert_eq!(allowed(&scheduled).is_ok(), delayed, "{name}");
        }
        assert!(seen > 25, "{seen}");
    }

    #[test]
    fn the_words_name_every_contract_on_the_way() {
        let at = contracts();
        let forward = IManager::forwardPauseCallCall {
            data: (ISystemPause::pauseAllCall {}).abi_encode().into(),
        };

        let fleet = allowed(&execute(at.manager, forward.abi_encode())).unwrap();
        let approve = allowed(&approve_call(&at, TokenAmount::new(U256::from(5)))).unwrap();

        assert_eq!(
            fleet.call,
            format!(
                "{}.execute → {}.forwardPauseCall → {}.pauseAll",
                ContractName::OwnerProxy,
                ContractName::Manager,
                ContractName::SystemPause
            )
        );
        assert_eq!(approve.approves, Some(U256::from(5)));
        assert_eq!((fleet.brakes, approve.brakes), (true, false));
        assert!(!allowed(&execute(at.budget_manager, cap())).unwrap().brakes);
    }

    #[test]
    fn bytes_behind_the_arguments_are_refused_at_every_depth() {
        let at = contracts();
        let brake = (IPauseGuardian::pauseAllCall {}).abi_encode();
        let long = |data: &[u8]| [data, &[0; 32]].concat();
        for call in [
            Call { to: at.pause_guardian, data: long(&brake).into() },
            execute(at.budget_manager, long(&cap())),
            Call { to: at.owner_proxy, data: long(&execute(at.budget_manager, cap()).data).into() },
        ] {
            let words = refused(&call);
            assert!(
                words.contains("carries bytes that its arguments do not account for"),
                "{words}"
            );
        }
    }

    #[test]
    fn a_foreign_target_selector_or_spender_is_not_relayed() {
        let at = contracts();
        let stranger = Address::repeat_byte(0x99);
        let transfer = alloy::primitives::bytes!("a9059cbb");
        let approve =
            |spender| IAgiAlpha::approveCall { spender, value: U256::from(1) }.abi_encode().into();
        for call in [
            Call { to: stranger, data: approve(at.escrow) },
            Call { to: at.token, data: transfer.clone() },
            Call { to: at.token, data: approve(stranger) },
            Call { to: at.escrow, data: transfer.clone() },
            Call { to: at.escrow, data: Bytes::new() },
            Call { to: at.budget_manager, data: cap().into() },
            execute(stranger, transfer.to_vec()),
            execute(at.escrow, transfer.to_vec()),
            execute(at.token, approve(at.escrow).to_vec()),
        ] {
            let error = allowed(&call).unwrap_err();
            assert!(matches!(error, RelayError::NotAllowed { .. }), "{call:?}: {error}");
        }
    }
}
