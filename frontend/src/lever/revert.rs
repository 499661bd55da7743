//! Why a contract refused, in words.

use alloy_sol_types::{Revert, SolError, sol};
use phase8_shared::chain::abi::IPauseGuardian::PauseGuardianNotOwner;

sol! {
    error OwnerProxyNotAllowed(address caller, address target, bytes4 selector);
    error BudgetManagerUnknownMission(bytes32 mission);
    error OwnableUnauthorizedAccount(address account);
    error NotGovernance();
    error EnforcedPause();
    error ExpectedPause();
}

/// The words for what a contract threw.
pub(crate) fn words(data: &[u8]) -> String {
    if let Ok(error) = OwnerProxyNotAllowed::abi_decode(data) {
        return format!("{} is neither the owner of the owner proxy nor a delegate for this call", error.caller);
    }
    if let Ok(error) = PauseGuardianNotOwner::abi_decode(data) {
        return format!("{} may not do this: the pause guardian's owner is {}", error.found, error.expected);
    }
    if let Ok(error) = BudgetManagerUnknownMission::abi_decode(data) {
        return format!("the budget manager knows no mission {}: it is not funded yet", error.mission);
    }
    if let Ok(error) = OwnableUnauthorizedAccount::abi_decode(data) {
        return format!("{} is not the contract's owner", error.account);
    }
    if NotGovernance::abi_decode(data).is_ok() {
        return "the caller does not govern this contract: the manager and the pause switch are not wired together".to_owned();
    }
    if EnforcedPause::abi_decode(data).is_ok() {
        return "the contract is paused".to_owned();
    }
    if ExpectedPause::abi_decode(data).is_ok() {
        return "the contract is not paused".to_owned();
    }
    if let Ok(error) = Revert::abi_decode(data) {
        return error.reason;
    }
    if data.is_empty() {
        return "the contract refused without a reason".to_owned();
    }
    format!("the contract refused with an error that is not known here: {}", alloy_primitives::hex::encode_prefixed(data))
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, FixedBytes};

    use super::*;

    #[test]
    fn refusals_name_who_was_found_and_who_was_expected() {
        let caller = Address::repeat_byte(0x70);
        let error = OwnerProxyNotAllowed { caller, target: Address::ZERO, selector: FixedBytes([1, 2, 3, 4]) };
        assert!(words(&error.abi_encode()).starts_with(&caller.to_string()));

        let error = PauseGuardianNotOwner { found: caller, expected: Address::repeat_byte(0x71) };
        assert!(words(&error.abi_encode()).contains(&Address::repeat_byte(0x71).to_string()));
    }

    #[test]
    fn an_unknown_refusal_shows_its_bytes() {
        assert!(words(&[0xde, 0xad, 0xbe, 0xef]).ends_with("0xdeadbeef"));
        assert_eq!(words(&[]), "the contract refused without a reason");
    }
}
