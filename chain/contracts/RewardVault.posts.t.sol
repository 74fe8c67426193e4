// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRewardVault} from "./IRewardVault.sol";
import {Roles} from "./access/Roles.sol";
import {TestSystem} from "./test/TestSystem.sol";
import {vm} from "./test/Vm.sol";

/// @title How a root is proposed and becomes final.
contract RewardVaultPostsTest is TestSystem {
    bytes32 private constant EVIDENCE = "evidence";

    function setUp() public {
        deploy();
    }

    function test_aTotalMayNotExceedWhatCameInNorFall() public {
        token.transfer(address(vault), 99);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.TotalNotFunded.selector, 100, 99));
        vault.propose(1, "root", 100, EVIDENCE);
        post(1, [uint256(10), 20, 30, 39], 99);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.TotalFell.selector, 98, 99));
        vault.propose(2, "root", 98, EVIDENCE);
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

    function post(uint64 epoch, uint256[4] memory cumulative, uint256 total) private {
        vault.propose(epoch, rootOf(cumulative), uint128(total), EVIDENCE);
        vm.warp(block.timestamp + WINDOW);
        vault.finalise(epoch);
    }
}
