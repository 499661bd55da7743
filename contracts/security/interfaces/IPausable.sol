// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title What a module offers so that SystemPause can stop and resume it
interface IPausable {
    /// @notice Stops the module; only by SystemPause.
    function pause() external;

    /// @notice Resumes the module; only by SystemPause.
    function unpause() external;

    /// @notice Whether the module stands still.
    function paused() external view returns (bool);
}
