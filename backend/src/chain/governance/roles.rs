//! The roles of OpenZeppelin's timelock: keccak-256 of their names.

use alloy::primitives::{B256, b256};

/// Schedules operations.
pub(crate) const PROPOSER_ROLE: B256 =
    b256!("b09aa5aeb3702cfd50b6b62bc4532604938f21248a27a1d5ca736082b6819cc1");
/// Cancels operations that wait.
pub(crate) const CANCELLER_ROLE: B256 =
    b256!("fd643c72710c63c0180259aba6b2d05451e3591a24e58b62239378085726f783");
/// Carries operations out; the zero address has it when anybody may.
pub(crate) const EXECUTOR_ROLE: B256 =
    b256!("d8aa0f3194971a2a116679f7c2090f6939c8d4e01a2a8d7e41d55e5351469e63");

#[cfg(test)]
mod tests {
    use alloy::primitives::keccak256;

    use super::*;

    #[test]
    fn roles_are_the_hashes_of_their_names() {
        for (name, role) in [
            ("PROPOSER_ROLE", PROPOSER_ROLE),
            ("CANCELLER_ROLE", CANCELLER_ROLE),
            ("EXECUTOR_ROLE", EXECUTOR_ROLE),
        ] {
            assert_eq!(keccak256(name), role);
        }
    }
}
