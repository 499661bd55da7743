// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {AttestationModule} from "../../attestation/AttestationModule.sol";
import {AdapterGovernor} from "../../governance/AdapterGovernor.sol";
import {DelayTimelock} from "../../governance/DelayTimelock.sol";
import {GuardianCouncil} from "../../governance/GuardianCouncil.sol";
import {OwnerProxy} from "../../governance/OwnerProxy.sol";
import {Phase8UniversalValueManager} from "../../governance/Phase8UniversalValueManager.sol";
import {UpgradeCoordinator} from "../../governance/UpgradeCoordinator.sol";
import {ValidatorRegistry} from "../../governance/ValidatorRegistry.sol";
import {BudgetManager} from "../../jobs/BudgetManager.sol";
import {CheckpointLedger} from "../../jobs/CheckpointLedger.sol";
import {MissionEscrow} from "../../jobs/MissionEscrow.sol";
import {ModelRegistry} from "../../jobs/ModelRegistry.sol";
import {IMissionEscrow} from "../../jobs/interfaces/IMissionEscrow.sol";
import {IModelRegistry} from "../../jobs/interfaces/IModelRegistry.sol";
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
    address internal evaluator = vm.addr(0xE7A1);
    address internal planner = vm.addr(0x71A1);
    address internal builder = vm.addr(0xB1D1);
    address internal analyst = vm.addr(0xA1A1);

    /// @dev Three guardians, two of whom must agree before a tripped fleet resumes.
    uint256[3] internal guardianKeys = [uint256(0xC0C1), 0xC0C2, 0xC0C3];
    address[3] internal guardians = [vm.addr(0xC0C1), vm.addr(0xC0C2), vm.addr(0xC0C3)];

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
    DelayTimelock internal ownerTimelock;
    DelayTimelock internal governorTimelock;
    GuardianCouncil internal council;
    UpgradeCoordinator internal coordinator;
    ModelRegistry internal models;
    AttestationModule internal attestation;
    AdapterGovernor internal governor;

    /// @dev How long accelerators wait.
    uint256 internal constant DELAY = 2 days;
    /// @dev From a proposal to its vote, and how long the vote is open, on the token's clock.
    uint48 internal constant VOTING_DELAY = 1 hours;
    uint32 internal constant VOTING_PERIOD = 1 days;
    /// @dev The part of all votes that must take part, in percent.
    uint256 internal constant QUORUM_PERCENT = 10;

    /// @dev Where each part stands in the order of deployment. The addresses follow from it.
    uint256 private constant TOKEN = 0;
    uint256 private constant OWNER_PROXY = 1;
    uint256 private constant MANAGER = 2;
    uint256 private constant SYSTEM_PAUSE = 3;
    uint256 private constant PAUSE_GUARDIAN = 4;
    uint256 private constant BUDGET_MANAGER = 5;
    uint256 private constant ESCROW = 6;
    uint256 private constant VALIDATOR_REGISTRY = 7;
    uint256 private constant OWNER_TIMELOCK = 9;
    uint256 private constant GOVERNOR_TIMELOCK = 10;
    uint256 private constant COUNCIL = 11;
    uint256 private constant COORDINATOR = 12;
    uint256 private constant GOVERNOR = 15;

    bytes32 internal constant BASELINE = keccak256("adapter-baseline");
    bytes32 internal constant STRONG = keccak256("adapter-strong");
    bytes32 internal constant WEAK = keccak256("adapter-weak");
    int256 internal constant BASELINE_SCORE = 8_0000;
    int256 internal constant STRONG_SCORE = 9_2500;
    int256 internal constant WEAK_SCORE = -1_5000;

    uint256 private _firstNonce;
    uint256 private _salts;

    bytes32 internal constant MISSION = keccak256("00112233445566778899aabbccddeeff");
    bytes32 internal constant DELIVERABLE = keccak256("deliverable");
    bytes32 internal constant ROOT = keccak256("root");

    function setUp() public virtual {
        vm.warp(1_900_000_000);
        _formGuild();

        _firstNonce = vm.getNonce(address(this));
        _deployMoneyAndSwitch();
        _deployGovernance();

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

    /// @dev The owner starts the wait for an accelerating call.
    function schedule(address target, bytes memory data, bytes32 salt) internal returns (bytes32 id) {
        bytes memory call = abi.encodeCall(ownerTimelock.schedule, (target, 0, data, bytes32(0), salt, DELAY));
        asOwner(address(ownerTimelock), call);
        return ownerTimelock.hashOperation(target, 0, data, bytes32(0), salt);
    }

    /// @dev The owner schedules, the delay passes, and a relayer executes.
    function accelerate(address target, bytes memory data) internal {
        bytes32 salt = keccak256(abi.encode(++_salts));
        schedule(target, data, salt);
        vm.warp(block.timestamp + DELAY);
        vm.prank(relayer);
        ownerTimelock.execute(target, 0, data, bytes32(0), salt);
    }

    /// @dev Two guardians agree to resume after the current trip.
    function cosign() internal {
        uint256 trip = guardian.trip();
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(guardians[i]);
            council.cosignResume(trip);
        }
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

    /// @dev Where a part will be, or is.
    function _at(uint256 step) private view returns (address) {
        return vm.computeCreateAddress(address(this), _firstNonce + step);
    }

    function _deployMoneyAndSwitch() private {
        address[] memory holders = new address[](3);
        (holders[0], holders[1], holders[2]) = (operator, guild[0], address(this));
        token = new AgiAlpha(holders, 1e30);
        proxy = new OwnerProxy(owner);
        manager = new Phase8UniversalValueManager(_at(OWNER_PROXY), _at(COUNCIL), _at(SYSTEM_PAUSE));
        address[8] memory modules;
        modules[0] = _at(ESCROW);
        switch_ = new SystemPause(_at(MANAGER), _at(PAUSE_GUARDIAN), modules);
        guardian = new PauseGuardian(_at(OWNER_PROXY), pauser, _at(SYSTEM_PAUSE), _at(OWNER_TIMELOCK), _at(COUNCIL));
        budget = new BudgetManager(_at(OWNER_PROXY), _at(ESCROW), _at(OWNER_TIMELOCK));
        escrow = new MissionEscrow(
            _at(TOKEN), _at(VALIDATOR_REGISTRY), _at(BUDGET_MANAGER), _at(SYSTEM_PAUSE), _at(OWNER_PROXY), treasury
        );
        address[] memory members = new address[](3);
        (members[0], members[1], members[2]) = (guild[0], guild[1], guild[2]);
        registry = new ValidatorRegistry(_at(OWNER_PROXY), members, 2, _at(TOKEN));
        ledger = new CheckpointLedger(_at(OWNER_PROXY), _list(relayer));
    }

    function _deployGovernance() private {
        ownerTimelock = new DelayTimelock(DELAY, _list(_at(OWNER_PROXY)), _list(_at(COUNCIL)));
        governorTimelock = new DelayTimelock(DELAY, _list(_at(GOVERNOR)), _list(_at(COUNCIL)));
        address[] memory members = new address[](3);
        (members[0], members[1], members[2]) = (guardians[0], guardians[1], guardians[2]);
        address[] memory timelocks = _list(_at(OWNER_TIMELOCK), _at(GOVERNOR_TIMELOCK));
        council = new GuardianCouncil(_at(OWNER_TIMELOCK), members, 2, timelocks, _at(COORDINATOR), _at(PAUSE_GUARDIAN));
        coordinator = new UpgradeCoordinator(_at(OWNER_PROXY), _at(OWNER_TIMELOCK), _at(COUNCIL), _at(SYSTEM_PAUSE));
        IModelRegistry.Adapter[] memory adapters = new IModelRegistry.Adapter[](3);
        adapters[0] = IModelRegistry.Adapter("adapter-baseline", keccak256("baseline record"), BASELINE_SCORE);
        adapters[1] = IModelRegistry.Adapter("adapter-strong", keccak256("strong record"), STRONG_SCORE);
        adapters[2] = IModelRegistry.Adapter("adapter-weak", keccak256("weak record"), WEAK_SCORE);
        models = new ModelRegistry(_at(OWNER_PROXY), timelocks, evaluator, adapters);
        attestation = new AttestationModule(_at(OWNER_PROXY), _at(VALIDATOR_REGISTRY), _at(COUNCIL));
        governor = new AdapterGovernor(token, governorTimelock, VOTING_DELAY, VOTING_PERIOD, 0, QUORUM_PERCENT);
        assertEq(address(governor), _at(GOVERNOR), "the last part stands where the others expect it");
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
