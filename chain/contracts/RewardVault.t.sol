// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IRewardVault} from "./IRewardVault.sol";
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
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.NotNextEpoch.selector, 1, 1));
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

    function test_onlyTheOwnerProposes() public {
        bytes memory refused = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, TREASURY);
        vm.expectRevert(refused);
        vm.prank(TREASURY);
        vault.propose(1, "root", 0, EVIDENCE);
        vault.propose(1, "root", 0, EVIDENCE);
        vm.expectRevert(refused);
        vm.prank(TREASURY);
        vault.withdrawProposal(1);
    }

    function post(uint64 epoch, uint256[4] memory cumulative, uint256 total) private {
        vault.propose(epoch, rootOf(cumulative), uint128(total), EVIDENCE);
        vm.warp(block.timestamp + WINDOW);
        vault.finalise(epoch);
    }
}
