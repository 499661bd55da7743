// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title One governance address that alone may call the guarded functions
/// @dev Shape and selectors are those that existing owner consoles speak, which is why the errors carry no prefix and
/// the hand-over has one step. Governance is meant to be a contract (OwnerProxy, timelock or Safe): hand-overs that
/// need two steps live there.
abstract contract Governable {
    /// @notice Governance was handed over.
    /// @param newGovernance who governs from now on
    event GovernanceUpdated(address indexed newGovernance);

    /// @notice The caller is not the governance address.
    error NotGovernance();
    /// @notice An address that must be given is zero.
    error ZeroAddress();

    address private _governance;

    /// @dev Refuses every caller but governance.
    modifier onlyGovernance() {
        _checkGovernance();
        _;
    }

    constructor(address initialGovernance) {
        _setGovernance(initialGovernance);
    }

    /// @notice Hands governance over at once; only governance may call.
    /// @param newGovernance who governs from now on; not zero
    function setGovernance(address newGovernance) external onlyGovernance {
        _setGovernance(newGovernance);
    }

    /// @notice The same as {setGovernance}, for tools that speak ownership.
    /// @param newOwner who governs from now on; not zero
    function transferOwnership(address newOwner) external onlyGovernance {
        _setGovernance(newOwner);
    }

    /// @notice Who governs.
    function governance() public view returns (address) {
        return _governance;
    }

    /// @notice Who governs, for tools that speak ownership.
    function owner() external view returns (address) {
        return _governance;
    }

    /// @dev Reverts with {NotGovernance} unless the caller governs.
    function _checkGovernance() internal view {
        if (msg.sender != _governance) revert NotGovernance();
    }

    function _setGovernance(address newGovernance) private {
        if (newGovernance == address(0)) revert ZeroAddress();
        _governance = newGovernance;
        emit GovernanceUpdated(newGovernance);
    }
}
