// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Fleet} from "../support/Fleet.sol";

/// @dev Three holders have a third of all votes each; a tenth of all votes is the quorum.
contract AdapterGovernorTest is Fleet {
    uint8 private constant AGAINST = 0;
    uint8 private constant FOR = 1;
    uint8 private constant ABSTAIN = 2;

    string private constant DESCRIPTION = "Evaluation 14: adapter-strong beats adapter-baseline by 1.25";

    function setUp() public override {
        super.setUp();
        vm.prank(operator);
        token.delegate(operator);
        vm.prank(guild[0]);
        token.delegate(guild[0]);
        vm.prank(operator);
        assertTrue(token.transfer(stranger, 29e28), "just below the quorum");
        vm.prank(stranger);
        token.delegate(stranger);
        vm.warp(block.timestamp + 1);
    }

    function test_theSettingsAreSecondsOfTheTokensClock() public view {
        assertText(governor.name(), "Phase8 AdapterGovernor", "name");
        assertText(governor.CLOCK_MODE(), "mode=timestamp", "clock mode");
        assertEq(governor.clock(), block.timestamp, "clock");
        assertEq(governor.votingDelay(), VOTING_DELAY, "delay");
        assertEq(governor.votingPeriod(), VOTING_PERIOD, "period");
        assertEq(governor.proposalThreshold(), 0, "threshold");
        assertEq(governor.quorum(block.timestamp - 1), 3e29, "a tenth of all votes");
        assertEq(governor.timelock(), address(governorTimelock), "timelock");
        assertEq(address(governor.token()), address(token), "token");
    }

    function test_whatPassesWithQuorumChoosesTheAdapterAfterTheDelay() public {
        uint256 proposal = _propose();
        _isIn(proposal, IGovernor.ProposalState.Pending);
        vm.warp(block.timestamp + VOTING_DELAY + 1);
        _vote(operator, proposal, FOR);
        vm.warp(block.timestamp + VOTING_PERIOD);
        _isIn(proposal, IGovernor.ProposalState.Succeeded);

        _queue();
        _isIn(proposal, IGovernor.ProposalState.Queued);
        assertEq(governor.proposalEta(proposal), block.timestamp + DELAY, "due");
        vm.warp(block.timestamp + DELAY - 1);
        vm.expectRevert();
        _execute();
        assertEq(models.activeAdapter(MISSION), bytes32(0), "not yet");

        vm.warp(block.timestamp + 1);
        _execute();
        _isIn(proposal, IGovernor.ProposalState.Executed);
        assertEq(models.activeAdapter(MISSION), STRONG, "active");
    }

    function test_withoutQuorumNothingPasses() public {
        uint256 proposal = _propose();
        vm.warp(block.timestamp + VOTING_DELAY + 1);
        _vote(stranger, proposal, FOR);
        vm.warp(block.timestamp + VOTING_PERIOD);
        _isIn(proposal, IGovernor.ProposalState.Defeated);
        vm.expectRevert(_wrongState(proposal, IGovernor.ProposalState.Defeated, _bit(4)));
        _queue();
        assertEq(models.activeAdapter(MISSION), bytes32(0), "nobody was chosen");
    }

    function test_whoAbstainsHelpsTheQuorumAlone() public {
        uint256 proposal = _propose();
        vm.warp(block.timestamp + VOTING_DELAY + 1);
        _vote(stranger, proposal, FOR);
        _vote(operator, proposal, ABSTAIN);
        vm.warp(block.timestamp + VOTING_PERIOD);
        _isIn(proposal, IGovernor.ProposalState.Succeeded);
    }

    function test_aMajorityAgainstDefeats() public {
        uint256 proposal = _propose();
        vm.warp(block.timestamp + VOTING_DELAY + 1);
        _vote(operator, proposal, FOR);
        _vote(guild[0], proposal, AGAINST);
        vm.warp(block.timestamp + VOTING_PERIOD);
        _isIn(proposal, IGovernor.ProposalState.Defeated);
    }

    function test_votesCountOnceAndAsTheyStoodWhenTheVoteOpened() public {
        uint256 proposal = _propose();
        vm.warp(block.timestamp + VOTING_DELAY + 1);
        vm.prank(guild[0]);
        assertTrue(token.transfer(stranger, 1e30), "moved after the vote opened");
        _vote(stranger, proposal, FOR);
        (, uint256 votes,) = governor.proposalVotes(proposal);
        assertEq(votes, 29e28, "votes");
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, stranger));
        _vote(stranger, proposal, FOR);
    }

    function test_aGuardianCancelsWhatPassed() public {
        uint256 proposal = _propose();
        vm.warp(block.timestamp + VOTING_DELAY + 1);
        _vote(operator, proposal, FOR);
        vm.warp(block.timestamp + VOTING_PERIOD);
        _queue();

        bytes32 salt = bytes20(address(governor)) ^ keccak256(bytes(DESCRIPTION));
        (address[] memory targets, uint256[] memory values, bytes[] memory data) = _actions();
        bytes32 id = governorTimelock.hashOperationBatch(targets, values, data, 0, salt);
        vm.prank(guardians[0]);
        council.cancelOperation(address(governorTimelock), id);
        _isIn(proposal, IGovernor.ProposalState.Canceled);
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert(_wrongState(proposal, IGovernor.ProposalState.Canceled, _bit(5)));
        _execute();
    }

    function test_nobodyExecutesPastTheTimelock() public {
        _propose();
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, address(this)));
        governor.setVotingDelay(0);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, address(this)));
        governor.updateTimelock(ownerTimelock);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, address(this)));
        governor.relay(address(models), 0, "");
    }

    function test_itStaysBelowTheSizeThatCanBeDeployed() public view {
        assertTrue(address(governor).code.length < 24_576, "EIP-170");
    }

    function _actions() private view returns (address[] memory targets, uint256[] memory values, bytes[] memory data) {
        targets = _list(address(models));
        values = new uint256[](1);
        data = new bytes[](1);
        data[0] = abi.encodeCall(models.setActiveAdapter, (MISSION, STRONG));
    }

    function _propose() private returns (uint256) {
        (address[] memory targets, uint256[] memory values, bytes[] memory data) = _actions();
        vm.prank(evaluator);
        return governor.propose(targets, values, data, DESCRIPTION);
    }

    function _vote(address voter, uint256 proposal, uint8 support) private {
        vm.prank(voter);
        governor.castVote(proposal, support);
    }

    function _queue() private {
        (address[] memory targets, uint256[] memory values, bytes[] memory data) = _actions();
        governor.queue(targets, values, data, keccak256(bytes(DESCRIPTION)));
    }

    function _execute() private {
        (address[] memory targets, uint256[] memory values, bytes[] memory data) = _actions();
        governor.execute(targets, values, data, keccak256(bytes(DESCRIPTION)));
    }

    function _isIn(uint256 proposal, IGovernor.ProposalState expected) private view {
        assertEq(uint256(governor.state(proposal)), uint256(expected), "state");
    }

    function _wrongState(uint256 proposal, IGovernor.ProposalState found, bytes32 expected)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(IGovernor.GovernorUnexpectedProposalState.selector, proposal, found, expected);
    }

    /// @dev How the governor writes a set of states: 4 is Succeeded, 5 is Queued.
    function _bit(uint8 state) private pure returns (bytes32) {
        return bytes32(uint256(1) << state);
    }
}
