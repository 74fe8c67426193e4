// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRewardVault} from "./IRewardVault.sol";
import {Roles} from "./access/Roles.sol";
import {TestSystem} from "./test/TestSystem.sol";
import {vm} from "./test/Vm.sol";

contract RewardVaultTest is TestSystem {
    bytes32 private constant EVIDENCE = "evidence";

    function setUp() public {
        deploy();
    }

    function testFuzz_everyPayeeGetsItsLeafToTheWeiOnce(uint96 a, uint96 b, uint96 c, uint96 d) public {
        uint256[4] memory cumulative = [uint256(a), b, c, d];
        uint256 total = uint256(a) + b + c + d;
        token.transfer(address(vault), total);
        post(1, cumulative, total);
        for (uint256 i = 0; i < 4; i++) {
            check(vault.claimMany(claimOf(cumulative, i, cumulative[i])) == cumulative[i], "paid");
            check(vault.claimMany(claimOf(cumulative, i, cumulative[i])) == 0, "paid once");
            check(vault.claimedOf(payee(i)) == cumulative[i], "booked");
        }
        check(token.balanceOf(address(uint160(uint256(payee(0))))) == a, "address 0");
        check(token.balanceOf(address(uint160(uint256(payee(1))))) == b, "address 1");
        check(payees.balanceOf(payee(2)) == c && payees.balanceOf(payee(3)) == d, "accounts");
        check(token.balanceOf(address(payees)) == uint256(c) + d, "backed");
        check(vault.claimedWei() == total && vault.receivedWei() == total, "total");
    }

    function testFuzz_aLaterEpochPaysOnlyTheDifference(uint96 first, uint96 more) public {
        uint256[4] memory cumulative = [uint256(first), 0, first, 0];
        token.transfer(address(vault), SUPPLY / 2);
        post(1, cumulative, 2 * uint256(first));
        vault.claimMany(claimOf(cumulative, 0, first));
        vault.claimMany(claimOf(cumulative, 2, first));
        cumulative[0] += more;
        cumulative[2] += more;
        post(2, cumulative, 2 * (uint256(first) + more));
        check(vault.claimMany(claimOf(cumulative, 0, cumulative[0])) == more, "address");
        check(vault.claimMany(claimOf(cumulative, 2, cumulative[2])) == more, "account");
        check(token.balanceOf(address(uint160(uint256(payee(0))))) == cumulative[0], "all of it");
        check(payees.balanceOf(payee(2)) == cumulative[2], "all of it, in the account");
    }

    function test_aLeafOfAnEarlierRootPaysNothing() public {
        uint256[4] memory cumulative = [uint256(10), 0, 0, 0];
        uint256[4] memory later = [uint256(20), 0, 0, 0];
        token.transfer(address(vault), 30);
        post(1, cumulative, 10);
        post(2, later, 20);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.BadProof.selector, payee(0), 10));
        vault.claimMany(claimOf(cumulative, 0, 10));
    }

    function testFuzz_aForgedAmountNeverPays(uint96 honest, uint256 forged) public {
        vm.assume(honest != forged);
        uint256[4] memory cumulative = [uint256(honest), 1, 2, 3];
        token.transfer(address(vault), SUPPLY);
        post(1, cumulative, uint256(honest) + 6);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.BadProof.selector, payee(0), forged));
        vault.claimMany(claimOf(cumulative, 0, forged));
    }

    function test_manyClaimsInOneCallSumUp() public {
        uint256[4] memory cumulative = [uint256(10), 20, 30, 40];
        token.transfer(address(vault), 100);
        post(1, cumulative, 100);
        IRewardVault.Claim[] memory all = new IRewardVault.Claim[](5);
        for (uint256 i = 0; i < 5; i++) all[i] = claimOf(cumulative, i % 4, cumulative[i % 4])[0];
        check(vault.claimMany(all) == 100, "the repeated one brings nothing");
        check(token.balanceOf(address(vault)) == 0, "empty");
    }

    function test_aTotalMayNotExceedWhatCameInNorFall() public {
        token.transfer(address(vault), 99);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.TotalNotFunded.selector, 100, 99));
        vault.propose(1, "root", 100, EVIDENCE);
        post(1, [uint256(10), 20, 30, 39], 99);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.TotalFell.selector, 98, 99));
        vault.propose(2, "root", 98, EVIDENCE);
    }

    function test_leavesThatSumToMoreThanTheTotalCannotTakeLaterMoney() public {
        uint256[4] memory cumulative = [uint256(60), 60, 0, 0];
        token.transfer(address(vault), 100);
        post(1, cumulative, 100);
        token.transfer(address(vault), 100);
        vault.claimMany(claimOf(cumulative, 0, 60));
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.TotalExceeded.selector, 120, 100));
        vault.claimMany(claimOf(cumulative, 1, 60));
    }

    function test_aRootIsFinalAfterItsWindowAndNeverRewritten() public {
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.NotProposed.selector, 1));
        vault.finalise(1);
        vault.propose(1, "root", 0, EVIDENCE);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.AlreadyProposed.selector, 1));
        vault.propose(1, "other", 0, EVIDENCE);
        vm.warp(block.timestamp + WINDOW - 1);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.WindowOpen.selector, block.timestamp + 1));
        vault.finalise(1);
        vm.warp(block.timestamp + 1);
        vm.prank(address(0xBEEF));
        vault.finalise(1);
        check(vault.finalEpoch() == 1 && vault.rootOf(1).root == "root" && vault.rootOf(1).evidence == EVIDENCE, "final");
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.NotNextEpoch.selector, 1, 1));
        vault.propose(1, "other", 0, EVIDENCE);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.NotProposed.selector, 1));
        vault.finalise(1);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.NotProposed.selector, 1));
        vault.withdrawProposal(1);
    }

    function test_aProposalCanBeTakenBackAndReplacedWithinItsWindow() public {
        vault.propose(1, "wrong", 0, EVIDENCE);
        vault.withdrawProposal(1);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.NotProposed.selector, 1));
        vault.withdrawProposal(1);
        vault.propose(1, "right", 0, EVIDENCE);
        check(vault.rootOf(1).root == "right", "replaced");
        vm.expectRevert(IRewardVault.EmptyRoot.selector);
        this.proposeEmpty();
    }

    function proposeEmpty() external {
        vault.withdrawProposal(1);
        vault.propose(1, 0, 0, EVIDENCE);
    }

    function test_aPendingRootPaysNothingYet() public {
        uint256[4] memory cumulative = [uint256(10), 0, 0, 0];
        token.transfer(address(vault), 10);
        vm.expectRevert(IRewardVault.NoFinalRoot.selector);
        vault.claimMany(claimOf(cumulative, 0, 10));
        vault.propose(1, rootOf(cumulative), 10, EVIDENCE);
        vm.expectRevert(IRewardVault.NoFinalRoot.selector);
        vault.claimMany(claimOf(cumulative, 0, 10));
    }

    function test_onlyAnOperatorProposesNotEvenTheTimelock() public {
        bytes memory refused = unauthorised(TREASURY, Roles.OPERATOR);
        vm.expectRevert(refused);
        vm.prank(TREASURY);
        vault.propose(1, "root", 0, EVIDENCE);
        vault.propose(1, "root", 0, EVIDENCE);
        vm.expectRevert(refused);
        vm.prank(TREASURY);
        vault.withdrawProposal(1);
    }

    function test_aProposalSaysAllOfItself() public {
        check(vault.proposal().epoch == 0 && vault.proposal().root == 0, "none yet");
        token.transfer(address(vault), 9);
        vault.propose(1, "root", 9, EVIDENCE);
        IRewardVault.Proposal memory p = vault.proposal();
        check(p.epoch == 1 && p.root == "root" && p.evidence == EVIDENCE && p.totalWei == 9, "what");
        check(p.proposer == address(this) && p.proposedAt == block.timestamp, "who and when");
        check(p.finalFrom == block.timestamp + WINDOW && p.heldAt == 0 && !p.closed, "until when");
        check(vault.totalWei() == 0 && vault.finalEpoch() == 0, "nothing is final");
        vm.warp(block.timestamp + WINDOW);
        vault.finalise(1);
        check(vault.totalWei() == 9 && vault.proposal().epoch == 0, "final");
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.NotNextEpoch.selector, 3, 1));
        vault.propose(3, "root", 9, EVIDENCE);
    }

    function test_theProposerIsWhoeverProposedLast() public {
        vault.propose(1, "root", 0, EVIDENCE);
        vault.withdrawProposal(1);
        bytes32 role = Roles.OPERATOR;
        vm.prank(TREASURY);
        vault.grantRole(role, address(0x0B));
        vm.prank(address(0x0B));
        vault.propose(1, "other", 0, EVIDENCE);
        check(vault.proposal().proposer == address(0x0B), "the other one");
    }

    function test_itKnowsWhatItIsBuiltWith() public view {
        check(address(vault.token()) == address(token) && address(vault.payees()) == address(payees), "contracts");
        check(vault.challengeSeconds() == WINDOW && !vault.paused(), "window");
        check(vault.hasRole(0, TREASURY) && vault.getRoleMemberCount(0) == 1, "the timelock is the only admin");
        check(vault.hasRole(Roles.DISPUTES, DISPUTES) && vault.hasRole(Roles.PAUSER, address(this)), "roles");
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
        check(vault.claimMany(claimOf(cumulative, 0, 10)) == 10, "claims go on");
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

    function test_aPayeeOfTheLargestAddressIsAnAddress() public {
        bytes32 who = bytes32(uint256(type(uint160).max));
        token.transfer(address(vault), 5);
        vault.propose(1, leaf(who, 5), 5, EVIDENCE);
        vm.warp(block.timestamp + WINDOW);
        vault.finalise(1);
        IRewardVault.Claim[] memory list = new IRewardVault.Claim[](1);
        list[0] = IRewardVault.Claim(who, 5, new bytes32[](0));
        vault.claimMany(list);
        check(token.balanceOf(address(type(uint160).max)) == 5, "paid");
    }

    function test_aPayeeJustAboveTheAddressesIsAName() public {
        bytes32 who = bytes32(uint256(type(uint160).max) + 1);
        token.transfer(address(vault), 5);
        vault.propose(1, leaf(who, 5), 5, EVIDENCE);
        vm.warp(block.timestamp + WINDOW);
        vault.finalise(1);
        IRewardVault.Claim[] memory list = new IRewardVault.Claim[](1);
        list[0] = IRewardVault.Claim(who, 5, new bytes32[](0));
        vault.claimMany(list);
        check(payees.balanceOf(who) == 5 && token.balanceOf(address(payees)) == 5, "it waits");
    }

    function test_aLeafThatBringsNothingIsPassedOverAndThoseAfterItArePaid() public {
        uint256[4] memory cumulative = [uint256(10), 20, 0, 0];
        token.transfer(address(vault), 30);
        post(1, cumulative, 30);
        vault.claimMany(claimOf(cumulative, 0, 10));
        IRewardVault.Claim[] memory all = new IRewardVault.Claim[](2);
        for (uint256 i = 0; i < 2; i++) all[i] = claimOf(cumulative, i, cumulative[i])[0];
        check(vault.claimMany(all) == 20 && token.balanceOf(address(uint160(uint256(payee(1))))) == 20, "the second");
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
