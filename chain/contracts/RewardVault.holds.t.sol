// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRewardVault} from "./IRewardVault.sol";
import {Roles} from "./access/Roles.sol";
import {TestSystem} from "./test/TestSystem.sol";
import {vm} from "./test/Vm.sol";

/// @title How the posting of roots is stopped, by Disputes or a pauser.
contract RewardVaultHoldsTest is TestSystem {
    bytes32 private constant EVIDENCE = "evidence";

    function setUp() public {
        deploy();
    }

    function test_aHeldRootIsNotFinalAndGoesOnForWhatWasLeftOfItsWindow() public {
        vault.propose(1, "root", 0, EVIDENCE);
        uint256 start = block.timestamp;
        vm.warp(start + 600);
        hold();
        check(vault.proposal().heldAt == start + 600, "since when");
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.Held.selector, 1));
        vm.prank(DISPUTES);
        vault.hold(1);
        vm.warp(start + 10 * WINDOW);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.Held.selector, 1));
        vault.finalise(1);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.Held.selector, 1));
        vault.withdrawProposal(1);
        vm.prank(DISPUTES);
        vault.release(1, false);
        check(vault.proposal().heldAt == 0 && vault.proposal().finalFrom == block.timestamp + WINDOW - 600, "moved on");
        hold();
        vm.prank(DISPUTES);
        vault.release(1, true);
        check(vault.proposal().closed, "for good");
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.Held.selector, 1));
        vm.prank(DISPUTES);
        vault.hold(1);
        vm.warp(block.timestamp + WINDOW - 601);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.WindowOpen.selector, block.timestamp + 1));
        vault.finalise(1);
        vm.warp(block.timestamp + 1);
        vault.finalise(1);
        vault.propose(2, "next", 0, EVIDENCE);
        check(!vault.proposal().closed, "the next one can be held");
        hold(2);
    }

    function test_aRejectedRootIsGoneAndAnotherTakesItsPlace() public {
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.NotProposed.selector, 1));
        vm.prank(DISPUTES);
        vault.hold(1);
        vault.propose(1, "root", 0, EVIDENCE);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.NotHeld.selector, 1));
        vm.prank(DISPUTES);
        vault.reject(1);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.NotHeld.selector, 1));
        vm.prank(DISPUTES);
        vault.release(1, false);
        hold();
        vm.prank(DISPUTES);
        vault.reject(1);
        check(vault.proposal().epoch == 0 && vault.rootOf(1).root == 0, "gone");
        vault.propose(1, "right", 0, EVIDENCE);
        check(vault.proposal().heldAt == 0 && vault.proposal().root == "right", "another");
    }

    function test_aWindowThatIsOverCanBeHeldOnlyWhilePostsArePaused() public {
        vault.propose(1, "root", 0, EVIDENCE);
        vm.warp(block.timestamp + WINDOW);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.WindowOver.selector, block.timestamp));
        vm.prank(DISPUTES);
        vault.hold(1);
        vault.pause();
        hold();
        check(vault.proposal().heldAt == block.timestamp, "held");
    }

    function test_postsCanBePausedAndClaimsNever() public {
        uint256[4] memory cumulative = [uint256(10), 0, 0, 0];
        token.transfer(address(vault), 10);
        post(1, cumulative, 10);
        vault.propose(2, "root", 10, EVIDENCE);
        vm.expectRevert(IRewardVault.PostsNotPaused.selector);
        vm.prank(TREASURY);
        vault.unpause();
        vault.pause();
        check(vault.paused(), "paused");
        vm.expectRevert(IRewardVault.PostsPaused.selector);
        vault.pause();
        vm.warp(block.timestamp + WINDOW);
        vm.expectRevert(IRewardVault.PostsPaused.selector);
        vault.finalise(2);
        vault.withdrawProposal(2);
        vm.expectRevert(IRewardVault.PostsPaused.selector);
        vault.propose(2, "root", 10, EVIDENCE);
        check(claim(cumulative, 0, 10) == 10, "claims go on");
        vm.expectRevert(unauthorised(address(this), bytes32(0)));
        vault.unpause();
        vm.prank(TREASURY);
        vault.unpause();
        check(!vault.paused(), "on");
        vault.propose(2, "root", 10, EVIDENCE);
    }

    function test_onlyDisputesHoldsAndOnlyAPauserPauses() public {
        vault.propose(1, "root", 0, EVIDENCE);
        bytes memory refused = unauthorised(address(this), Roles.DISPUTES);
        vm.expectRevert(refused);
        vault.hold(1);
        hold();
        vm.expectRevert(refused);
        vault.release(1, false);
        vm.expectRevert(refused);
        vault.reject(1);
        vm.expectRevert(unauthorised(TREASURY, Roles.PAUSER));
        vm.prank(TREASURY);
        vault.pause();
    }

    function hold() private {
        hold(1);
    }

    function hold(uint64 epoch) private {
        vm.prank(DISPUTES);
        vault.hold(epoch);
    }

    function post(uint64 epoch, uint256[4] memory cumulative, uint256 total) private {
        vault.propose(epoch, rootOf(cumulative), uint128(total), EVIDENCE);
        vm.warp(block.timestamp + WINDOW);
        vault.finalise(epoch);
    }
}
