// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRewardVault} from "./IRewardVault.sol";
import {TestSystem} from "./test/TestSystem.sol";
import {vm} from "./test/Vm.sol";

/// @title Who is paid by a final root, and how much.
contract RewardVaultClaimsTest is TestSystem {
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
            check(claim(cumulative, i, cumulative[i]) == cumulative[i], "paid");
            check(claim(cumulative, i, cumulative[i]) == 0, "paid once");
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
        claim(cumulative, 0, first);
        claim(cumulative, 2, first);
        cumulative[0] += more;
        cumulative[2] += more;
        post(2, cumulative, 2 * (uint256(first) + more));
        check(claim(cumulative, 0, cumulative[0]) == more, "address");
        check(claim(cumulative, 2, cumulative[2]) == more, "account");
        check(token.balanceOf(address(uint160(uint256(payee(0))))) == cumulative[0], "all of it");
        check(payees.balanceOf(payee(2)) == cumulative[2], "all of it, in the account");
    }

    function testFuzz_aBatchOfAnyMembersPaysEachOfThemItsLeafAndNobodyElse(uint96[4] memory wei_, uint8 members) public {
        uint256[4] memory cumulative = [uint256(wei_[0]), wei_[1], wei_[2], wei_[3]];
        members = 1 + (members % 15);
        token.transfer(address(vault), SUPPLY);
        post(1, cumulative, 4 * uint256(type(uint96).max));
        uint256 due;
        for (uint256 i = 0; i < 4; i++) if ((members >> i) & 1 == 1) due += cumulative[i];
        check(claimBatch(cumulative, members) == due && vault.claimedWei() == due, "the sum");
        check(claimBatch(cumulative, members) == 0, "once");
        for (uint256 i = 0; i < 4; i++) {
            check(vault.claimedOf(payee(i)) == ((members >> i) & 1 == 1 ? cumulative[i] : 0), "members alone");
        }
    }

    /// @dev One amount, payee or hash changed, two in the other order, or one twice: nobody of the batch is paid.
    function testFuzz_aForgedOrReorderedBatchPaysNobody(uint8 members, uint8 how, uint256 where) public {
        uint256[4] memory cumulative = [uint256(10), 20, 30, 40];
        token.transfer(address(vault), SUPPLY);
        post(1, cumulative, 100);
        (IRewardVault.Claim[] memory claims, bytes32[] memory proof, uint256[] memory flags) =
            batchOf(cumulative, 1 + (members % 15));
        uint256 at = where % claims.length;
        how %= 5;
        if (how == 0) claims[at].cumulativeWei += 1 + (where >> 128);
        if (how == 1) claims[at].payee = payee(4);
        if (how == 2) {
            vm.assume(proof.length > 0);
            proof[where % proof.length] ^= bytes32(uint256(1));
        }
        if (how > 2) {
            vm.assume(claims.length > 1);
            at = where % (claims.length - 1);
            IRewardVault.Claim memory first = claims[at];
            claims[at] = claims[at + 1];
            if (how == 3) claims[at + 1] = first;
        }
        vm.expectRevert(IRewardVault.BadProof.selector);
        vault.claimMany(claims, proof, flags);
        check(vault.claimedWei() == 0, "nobody");
    }

    function test_noClaimsAreNoBatchWhateverTheProof() public {
        token.transfer(address(vault), 1);
        vault.propose(1, "root", 1, EVIDENCE);
        vm.warp(block.timestamp + WINDOW);
        vault.finalise(1);
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = "root";
        vm.expectRevert(IRewardVault.BadProof.selector);
        vault.claimMany(new IRewardVault.Claim[](0), proof, new uint256[](0));
    }

    function test_aLeafOfAnEarlierRootPaysNothing() public {
        uint256[4] memory cumulative = [uint256(10), 0, 0, 0];
        uint256[4] memory later = [uint256(20), 0, 0, 0];
        token.transfer(address(vault), 30);
        post(1, cumulative, 10);
        post(2, later, 20);
        vm.expectRevert(IRewardVault.BadProof.selector);
        claim(cumulative, 0, 10);
    }

    function testFuzz_aForgedAmountNeverPays(uint96 honest, uint256 forged) public {
        vm.assume(honest != forged);
        uint256[4] memory cumulative = [uint256(honest), 1, 2, 3];
        token.transfer(address(vault), SUPPLY);
        post(1, cumulative, uint256(honest) + 6);
        vm.expectRevert(IRewardVault.BadProof.selector);
        claim(cumulative, 0, forged);
    }

    function test_leavesThatSumToMoreThanTheTotalCannotTakeLaterMoney() public {
        uint256[4] memory cumulative = [uint256(60), 60, 0, 0];
        token.transfer(address(vault), 100);
        post(1, cumulative, 100);
        token.transfer(address(vault), 100);
        claim(cumulative, 0, 60);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.TotalExceeded.selector, 120, 100));
        claim(cumulative, 1, 60);
    }

    function test_aPendingRootPaysNothingYet() public {
        uint256[4] memory cumulative = [uint256(10), 0, 0, 0];
        token.transfer(address(vault), 10);
        vm.expectRevert(IRewardVault.NoFinalRoot.selector);
        claim(cumulative, 0, 10);
        vault.propose(1, rootOf(cumulative), 10, EVIDENCE);
        vm.expectRevert(IRewardVault.NoFinalRoot.selector);
        claim(cumulative, 0, 10);
    }

    function test_aPayeeOfTheLargestAddressIsAnAddress() public {
        bytes32 who = bytes32(uint256(type(uint160).max));
        token.transfer(address(vault), 5);
        vault.propose(1, leaf(who, 5), 5, EVIDENCE);
        vm.warp(block.timestamp + WINDOW);
        vault.finalise(1);
        IRewardVault.Claim[] memory list = new IRewardVault.Claim[](1);
        list[0] = IRewardVault.Claim(who, 5);
        vault.claimMany(list, new bytes32[](0), new uint256[](0));
        check(token.balanceOf(address(type(uint160).max)) == 5, "paid");
    }

    function test_aPayeeJustAboveTheAddressesIsAName() public {
        bytes32 who = bytes32(uint256(type(uint160).max) + 1);
        token.transfer(address(vault), 5);
        vault.propose(1, leaf(who, 5), 5, EVIDENCE);
        vm.warp(block.timestamp + WINDOW);
        vault.finalise(1);
        IRewardVault.Claim[] memory list = new IRewardVault.Claim[](1);
        list[0] = IRewardVault.Claim(who, 5);
        vault.claimMany(list, new bytes32[](0), new uint256[](0));
        check(payees.balanceOf(who) == 5 && token.balanceOf(address(payees)) == 5, "it waits");
    }

    function test_aLeafThatBringsNothingIsPassedOverAndThoseAfterItArePaid() public {
        uint256[4] memory cumulative = [uint256(10), 20, 30, 40];
        token.transfer(address(vault), 100);
        post(1, cumulative, 100);
        for (uint256 i = 0; i < 3; i++) claim(cumulative, i, cumulative[i]);
        check(claimBatch(cumulative, 15) == 40 && payees.balanceOf(payee(3)) == 40, "the one that had nothing yet");
        vm.recordLogs();
        check(claimBatch(cumulative, 15) == 0 && vm.getRecordedLogs().length == 0, "nobody, and nothing is told");
    }

    /// @dev No honest root has it so; where one does, nobody is charged for it and the others are paid.
    function test_aLeafThatFellBringsNothingAndStopsNobody() public {
        uint256[4] memory cumulative = [uint256(10), 20, 30, 40];
        uint256[4] memory later = [uint256(5), 25, 30, 40];
        token.transfer(address(vault), 100);
        post(1, cumulative, 100);
        claimBatch(cumulative, 15);
        token.transfer(address(vault), 5);
        post(2, later, 105);
        check(claimBatch(later, 15) == 5 && vault.claimedOf(payee(0)) == 10, "what it had stays");
        check(token.balanceOf(address(uint160(uint256(payee(1))))) == 25, "the other is paid");
    }

    function post(uint64 epoch, uint256[4] memory cumulative, uint256 total) private {
        vault.propose(epoch, rootOf(cumulative), uint128(total), EVIDENCE);
        vm.warp(block.timestamp + WINDOW);
        vault.finalise(epoch);
    }
}
