// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {OwnerProxy} from "../../governance/OwnerProxy.sol";
import {Phase8UniversalValueManager} from "../../governance/Phase8UniversalValueManager.sol";
import {ValidatorRegistry} from "../../governance/ValidatorRegistry.sol";
import {BudgetManager} from "../../jobs/BudgetManager.sol";
import {CheckpointLedger} from "../../jobs/CheckpointLedger.sol";
import {MissionEscrow} from "../../jobs/MissionEscrow.sol";
import {IMissionEscrow} from "../../jobs/interfaces/IMissionEscrow.sol";
import {PauseGuardian} from "../../security/PauseGuardian.sol";
import {SystemPause} from "../../security/SystemPause.sol";
import {AgiAlpha} from "../../tokens/AgiAlpha.sol";
import {Test} from "./Test.sol";
import {Wallet} from "./Wallet.sol";

/// @dev The whole fleet, deployed the way a real one is: constructors get the addresses of parts that come later.
abstract contract Fleet is Test {
    uint256 internal constant OWNER_KEY = 0xA11CE;
    uint256 internal constant STRANGER_KEY = 0x57A4;
    uint256 internal constant OPERATOR_KEY = 0x09E8;

    address internal owner = vm.addr(OWNER_KEY);
    address internal operator = vm.addr(OPERATOR_KEY);
    address internal stranger = vm.addr(STRANGER_KEY);
    address internal pauser = vm.addr(0x9A05E);
    address internal relayer = vm.addr(0x4E1A);
    address internal treasury = vm.addr(0x74EA);
    address internal council = vm.addr(0xC0C1);
    address internal planner = vm.addr(0x71A1);
    address internal builder = vm.addr(0xB1D1);
    address internal analyst = vm.addr(0xA1A1);

    /// @dev Keys of the guild, sorted by address. The last member is a wallet contract behind WALLET_KEY.
    uint256[3] internal guildKeys;
    address[3] internal guild;
    uint256 internal constant WALLET_KEY = 0x3A11;
    Wallet internal wallet;

    AgiAlpha internal token;
    OwnerProxy internal proxy;
    ValidatorRegistry internal registry;
    CheckpointLedger internal ledger;
    MissionEscrow internal escrow;
    BudgetManager internal budget;
    PauseGuardian internal guardian;
    Phase8UniversalValueManager internal manager;
    SystemPause internal switch_;

    bytes32 internal constant MISSION = keccak256("00112233445566778899aabbccddeeff");
    bytes32 internal constant DELIVERABLE = keccak256("deliverable");
    bytes32 internal constant ROOT = keccak256("root");

    function setUp() public virtual {
        vm.warp(1_900_000_000);
        _formGuild();

        address[] memory holders = new address[](3);
        (holders[0], holders[1], holders[2]) = (operator, guild[0], address(this));
        token = new AgiAlpha(holders, 1e30);
        proxy = new OwnerProxy(owner);
        address[] memory members = new address[](3);
        for (uint256 i = 0; i < 3; ++i) {
            members[i] = guild[i];
        }
        registry = new ValidatorRegistry(address(proxy), members, 2, address(token));
        address[] memory anchorers = new address[](1);
        anchorers[0] = relayer;
        ledger = new CheckpointLedger(address(proxy), anchorers);

        uint256 nonce = vm.getNonce(address(this));
        address laterBudget = vm.computeCreateAddress(address(this), nonce + 1);
        address laterSwitch = vm.computeCreateAddress(address(this), nonce + 4);
        escrow =
            new MissionEscrow(address(token), address(registry), laterBudget, laterSwitch, address(proxy), treasury);
        budget = new BudgetManager(address(proxy), address(escrow));
        guardian = new PauseGuardian(address(proxy), pauser, laterSwitch);
        manager = new Phase8UniversalValueManager(address(proxy), council, laterSwitch);
        address[8] memory modules;
        modules[0] = address(escrow);
        switch_ = new SystemPause(address(manager), address(guardian), modules);

        vm.prank(operator);
        token.approve(address(escrow), type(uint256).max);
    }

    /// @dev The owner pulls a lever through the door.
    function asOwner(address target, bytes memory data) internal returns (bytes memory) {
        vm.prank(owner);
        return proxy.execute(target, data);
    }

    function pauseFleet() internal {
        asOwner(address(manager), abi.encodeCall(manager.forwardPauseCall, (abi.encodeCall(switch_.pauseAll, ()))));
    }

    function resumeFleet() internal {
        asOwner(address(manager), abi.encodeCall(manager.forwardPauseCall, (abi.encodeCall(switch_.unpauseAll, ()))));
    }

    /// @dev The usual job: 20, 50 and 30 percent, to the planner, to builder and analyst, and to the analyst.
    function usualTerms() internal view returns (IMissionEscrow.Terms memory terms) {
        terms.reward = 1000 ether + 7;
        terms.validatorRewardBps = 500;
        terms.durationBonusBps = 250;
        terms.stake = 300 ether;
        terms.failurePenaltyBps = 4000;
        terms.bonusDeadline = uint64(block.timestamp + 8 hours);
        terms.expiry = uint64(block.timestamp + 3 days);
        terms.quorum = 2;
        terms.budgetCapMicroUsd = 250_000_000;
        terms.specHash = keccak256("spec");
        terms.milestones = new IMissionEscrow.Milestone[](3);
        terms.milestones[0] = IMissionEscrow.Milestone(2000, _list(planner));
        terms.milestones[1] = IMissionEscrow.Milestone(5000, _list(builder, analyst));
        terms.milestones[2] = IMissionEscrow.Milestone(3000, _list(analyst));
    }

    function fundUsual() internal returns (IMissionEscrow.Terms memory terms) {
        terms = usualTerms();
        vm.prank(operator);
        escrow.fund(MISSION, terms);
    }

    /// @dev One valid approval of a milestone's usual content.
    function approvalBy(uint256 member, uint256 milestone) internal view returns (IMissionEscrow.Approval memory) {
        uint64 deadline = uint64(block.timestamp + 1 hours);
        bytes32 digest = escrow.milestoneApprovalDigest(MISSION, milestone, DELIVERABLE, ROOT, deadline);
        return IMissionEscrow.Approval(guild[member], deadline, sign(guildKeys[member], digest));
    }

    /// @dev Approvals by the first two members, which is the quorum.
    function approvalsOf(uint256 milestone) internal view returns (IMissionEscrow.Approval[] memory approvals) {
        approvals = new IMissionEscrow.Approval[](2);
        approvals[0] = approvalBy(0, milestone);
        approvals[1] = approvalBy(1, milestone);
    }

    function release(uint256 milestone) internal {
        IMissionEscrow.Approval[] memory approvals = approvalsOf(milestone);
        vm.prank(relayer);
        escrow.releaseMilestone(MISSION, milestone, DELIVERABLE, ROOT, approvals);
    }

    /// @dev Expects the release of a milestone with these approvals to revert with `reason`.
    function expectRefusal(uint256 milestone, IMissionEscrow.Approval[] memory approvals, bytes memory reason)
        internal
    {
        vm.expectRevert(reason);
        escrow.releaseMilestone(MISSION, milestone, DELIVERABLE, ROOT, approvals);
    }

    function _list(address one) internal pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = one;
    }

    function _list(address one, address two) internal pure returns (address[] memory list) {
        list = new address[](2);
        (list[0], list[1]) = (one, two);
    }

    function _formGuild() private {
        wallet = new Wallet(vm.addr(WALLET_KEY));
        guildKeys = [uint256(0x6011D1), 0x6011D2, WALLET_KEY];
        guild = [vm.addr(guildKeys[0]), vm.addr(guildKeys[1]), address(wallet)];
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 j = i + 1; j < 3; ++j) {
                if (guild[i] < guild[j]) continue;
                (guild[i], guild[j]) = (guild[j], guild[i]);
                (guildKeys[i], guildKeys[j]) = (guildKeys[j], guildKeys[i]);
            }
        }
    }
}
