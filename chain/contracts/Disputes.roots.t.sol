// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDisputes} from "./IDisputes.sol";
import {IRewardVault} from "./IRewardVault.sol";
import {IStaking} from "./IStaking.sol";
import {DisputesSystem} from "./test/DisputesSystem.sol";
import {vm} from "./test/Vm.sol";

/// @title How a dispute of a root ends, and what each end pays.
contract DisputesRootsTest is DisputesSystem {
    function setUp() public {
        deployDisputes();
    }

    function test_anOpenChallengeHoldsTheRootItsBondAndTheStake() public {
        uint256 before = token.balanceOf(ALICE);
        uint256 id = openRoot();
        check(id == 1 && disputes.count() == 1, "counted from 1");
        IDisputes.Dispute memory d = disputes.disputeOf(id);
        check(d.kind == IDisputes.Kind.Root && d.state == IDisputes.State.Open && d.epoch == 1, "what");
        check(d.challenger == ALICE && d.accused == address(this), "who");
        check(d.subject == ROOT && d.evidence == "evidence" && d.answer == 0, "why");
        check(d.answerUntil == block.timestamp + ANSWER && d.decideUntil == 0 && d.slashedWei == 0, "until when");
        check(disputes.openOnRoot(1, ROOT) == id && disputes.openOnRoot(2, ROOT) == 0, "found by its root");
        check(token.balanceOf(ALICE) == before - BOND && disputes.bondedWei() == BOND, "bonded");
        check(vault.proposal().heldAt == block.timestamp, "held");
        check(staking.stakeOf(address(this), IStaking.Role.Attributor).disputes == 1, "frozen");
        vm.warp(block.timestamp + WINDOW);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.Held.selector, 1));
        vault.finalise(1);
    }

    function test_whoDoesNotAnswerLosesStakeAndRoot() public {
        uint256 id = openRoot();
        vm.warp(block.timestamp + ANSWER - 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.TimeRuns.selector, block.timestamp + 1));
        disputes.expire(id);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.TimeOver.selector, block.timestamp));
        disputes.answer(id, "answer");
        disputes.expire(id);
        IDisputes.Dispute memory d = disputes.disputeOf(id);
        check(d.state == IDisputes.State.Upheld && d.slashedWei == 300, "300 of 1,000");
        check(disputes.payableWei(ALICE) == BOND + 120 && disputes.payableWei(TIMELOCK) == 180, "finder and treasury");
        check(disputes.bondedWei() == 0 && disputes.openOnRoot(1, ROOT) == 0, "over");
        check(staking.stakeOf(address(this), IStaking.Role.Attributor).activeWei == 700, "slashed");
        check(staking.stakeOf(address(this), IStaking.Role.Attributor).disputes == 0, "free again");
        check(vault.proposal().root == 0, "the root is gone");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotOpen.selector, id, IDisputes.State.Upheld));
        disputes.expire(id);
        vault.propose(1, ROOT, 0, "evidence");
        check(openRoot() == 2, "a root may be challenged anew");
    }

    function test_anUpheldChallengeGetsItsPartOfTheLosersBondAndTheTreasuryTheRest() public {
        uint256 id = openAndAnswer();
        check(disputes.bondedWei() == 2 * BOND, "both are bonded");
        IDisputes.Dispute memory d = disputes.disputeOf(id);
        check(d.state == IDisputes.State.Answered && d.answer == "answer", "answered");
        check(d.decideUntil == block.timestamp + DECIDE, "until when");
        vm.warp(block.timestamp + DECIDE - 1);
        vm.prank(RESOLVER);
        disputes.decide(id, true, true);
        check(disputes.disputeOf(id).state == IDisputes.State.Upheld && disputes.disputeOf(id).slashedWei == 300, "upheld");
        check(disputes.payableWei(ALICE) == BOND + 600 + 120, "own bond, 600 of 1,001, 120 of 300");
        check(disputes.payableWei(TIMELOCK) == 401 + 180 && disputes.bondedWei() == 0, "the rest");
        payOut(ALICE, BOND + 720);
        payOut(TIMELOCK, 581);
        check(token.balanceOf(address(disputes)) == 0, "to the wei");
    }

    function test_aDecisionWithoutSlashTakesNoStake() public {
        uint256 id = openAndAnswer();
        vm.prank(RESOLVER);
        disputes.decide(id, true, false);
        check(disputes.disputeOf(id).slashedWei == 0 && disputes.payableWei(ALICE) == BOND + 600, "bonds only");
        check(staking.stakeOf(address(this), IStaking.Role.Attributor).activeWei == 1_000, "whole");
    }

    function test_aDismissedChallengeLosesItsBondAndTheRootGoesOnAndCanBeChallengedAgain() public {
        uint256 id = openAndAnswer();
        vm.warp(block.timestamp + 10);
        vm.prank(RESOLVER);
        disputes.decide(id, false, true);
        check(disputes.disputeOf(id).state == IDisputes.State.Dismissed && disputes.disputeOf(id).slashedWei == 0, "dismissed");
        check(disputes.payableWei(address(this)) == BOND + 600 && disputes.payableWei(ALICE) == 0, "to the accused");
        check(disputes.payableWei(TIMELOCK) == 401 && disputes.bondedWei() == 0, "the rest");
        check(vault.proposal().root == ROOT && vault.proposal().heldAt == 0, "released");
        check(staking.stakeOf(address(this), IStaking.Role.Attributor).disputes == 0, "free again");
        check(openRoot() == 2, "by whoever has a bond");
    }

    function test_aSilentResolverGivesBothTheirBondsAndTheRootIsNeverHeldAgain() public {
        uint256 id = openAndAnswer();
        vm.warp(block.timestamp + DECIDE - 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.TimeRuns.selector, block.timestamp + 1));
        disputes.expire(id);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.TimeOver.selector, block.timestamp));
        vm.prank(RESOLVER);
        disputes.decide(id, true, true);
        disputes.expire(id);
        check(disputes.disputeOf(id).state == IDisputes.State.Undecided, "undecided");
        check(disputes.payableWei(ALICE) == BOND && disputes.payableWei(address(this)) == BOND, "bonds back");
        check(disputes.payableWei(TIMELOCK) == 0 && disputes.bondedWei() == 0, "nothing else");
        check(vault.proposal().heldAt == 0 && disputes.openOnRoot(1, ROOT) == 0, "released");
        vm.expectRevert();
        vm.prank(ALICE);
        disputes.openRoot(1, ROOT, "evidence");
    }

    function test_theAccusedMayConcedeWhileNobodyHasDecided() public {
        uint256 id = openRoot();
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotTheAccused.selector, ALICE));
        vm.prank(ALICE);
        disputes.concede(id);
        disputes.concede(id);
        check(disputes.disputeOf(id).slashedWei == 300 && disputes.payableWei(ALICE) == BOND + 120, "as if unanswered");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotOpen.selector, id, IDisputes.State.Upheld));
        disputes.concede(id);
        vault.propose(1, "again", 0, "evidence");
        vm.prank(ALICE);
        uint256 next = disputes.openRoot(1, "again", "evidence");
        disputes.answer(next, "answer");
        disputes.concede(next);
        check(disputes.payableWei(ALICE) == BOND + 120 + BOND + 600 + 84, "after an answer too, with its bond");
    }

    function test_whatIsPayableIsPaidOnceToItsAccount() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NothingToWithdraw.selector, ALICE));
        disputes.withdraw(ALICE);
        disputes.concede(openRoot());
        payOut(ALICE, BOND + 120);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NothingToWithdraw.selector, ALICE));
        disputes.withdraw(ALICE);
    }
}
