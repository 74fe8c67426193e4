// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChannels} from "./IChannels.sol";
import {ChannelsSystem} from "./test/ChannelsSystem.sol";
import {Vm, vm} from "./test/Vm.sol";

/// @title What goes back to the payer: withdrawals after their delay, and refunds.
contract ChannelsStandInReturnsTest is ChannelsSystem {
    function setUp() public {
        deployChannels();
    }

    function testFuzz_aWithdrawalPaysAfterItsDelayWhatIsStillUnclaimed(uint64 there, uint64 asked, uint64 claimedMeanwhile)
        public
    {
        uint128 deposited = 1 + uint128(there);
        uint128 wanted = 1 + (asked % deposited);
        uint128 claimed = claimedMeanwhile % (deposited + 1);
        deposit(0, deposited);
        start(0, wanted);
        (uint128 amount, uint40 at) = channels.pendingWithdrawals(idOf(0));
        check(amount == wanted && at == block.timestamp, "asked for");
        claim(0, claimed);
        vm.warp(block.timestamp + DELAY - 1);
        vm.expectRevert(IChannels.WithdrawDelayNotElapsed.selector);
        finish(0);
        vm.warp(block.timestamp + 1);
        finish(0);
        uint128 left = deposited - claimed;
        uint128 paid = wanted < left ? wanted : left;
        check(token.balanceOf(payerOf(0)) == paid && balanceOf(0) == deposited - paid, "the lesser of both");
        (amount, at) = channels.pendingWithdrawals(idOf(0));
        check(amount == 0 && at == 0, "over");
        vm.expectRevert(IChannels.WithdrawalNotPending.selector);
        finish(0);
    }

    function test_onlyThePayingSideWithdrawsOneAtATimeAtMostWhatIsUnclaimed() public {
        IChannels.ChannelConfig memory config = configOf(0);
        config.payerAuthorizer = address(0xA07);
        token.transfer(config.payer, 10);
        channels.deposit(config, 10, address(collector), depositData(config, PAYER_KEY, 10, 1));
        vm.expectRevert(IChannels.InvalidChannel.selector);
        vm.prank(RECEIVER);
        channels.initiateWithdraw(config, 1);
        vm.expectRevert(IChannels.NothingToWithdraw.selector);
        vm.prank(config.payer);
        channels.initiateWithdraw(config, 0);
        vm.expectRevert(IChannels.WithdrawAmountExceedsAvailable.selector);
        vm.prank(config.payer);
        channels.initiateWithdraw(config, 11);
        vm.expectEmit();
        emit IChannels.WithdrawInitiated(channels.getChannelId(config), 10, uint40(block.timestamp) + DELAY);
        vm.prank(address(0xA07));
        channels.initiateWithdraw(config, 10);
        vm.expectRevert(IChannels.WithdrawalAlreadyPending.selector);
        vm.prank(config.payer);
        channels.initiateWithdraw(config, 1);
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert(IChannels.NotAuthorizedToFinalizeWithdraw.selector);
        vm.prank(RECEIVER);
        channels.finalizeWithdraw(config);
        vm.prank(address(0xA07));
        channels.finalizeWithdraw(config);
        check(token.balanceOf(config.payer) == 10, "to the payer, whoever asked");
    }

    function test_whatIsClaimedCannotBeAskedFor() public {
        deposit(0, 10);
        claim(0, 7);
        vm.expectRevert(IChannels.WithdrawAmountExceedsAvailable.selector);
        start(0, 4);
        start(0, 3);
    }

    function test_onlyTheReceivingSideRefundsAndNeverMoreThanIsUnclaimed() public {
        deposit(0, 10);
        claim(0, 4);
        vm.expectRevert(IChannels.NotAuthorizedToRefund.selector);
        vm.prank(payerOf(0));
        channels.refund(configOf(0), 1);
        vm.expectRevert(IChannels.ZeroRefund.selector);
        refund(0, 0);
        vm.prank(vm.addr(SERVER_KEY));
        channels.refund(configOf(0), 1);
        refund(0, 100);
        check(token.balanceOf(payerOf(0)) == 6 && balanceOf(0) == 4 && channels.refundNonce(idOf(0)) == 2, "1 and 5");
        vm.recordLogs();
        refund(0, 1);
        check(vm.getRecordedLogs().length == 0 && channels.refundNonce(idOf(0)) == 3, "nothing left, but the nonce is used");
        channels.settle(RECEIVER, address(token));
        check(token.balanceOf(RECEIVER) == 4, "the receiver's part is whole");
    }

    function test_aSignedRefundIsGoodOnceAndForItsAmountAlone() public {
        deposit(0, 10);
        bytes memory signature = sign(SERVER_KEY, channels.getRefundDigest(idOf(0), 0, 3));
        IChannels.ChannelConfig memory config = configOf(0);
        vm.expectRevert(IChannels.InvalidRefundNonce.selector);
        channels.refundWithSignature(config, 3, 1, signature);
        vm.expectRevert(IChannels.InvalidSignature.selector);
        channels.refundWithSignature(config, 4, 0, signature);
        channels.refundWithSignature(config, 3, 0, signature);
        check(token.balanceOf(config.payer) == 3, "3");
        vm.expectRevert(IChannels.InvalidRefundNonce.selector);
        channels.refundWithSignature(config, 3, 0, signature);
        signature = sign(PAYER_KEY, channels.getRefundDigest(idOf(0), 1, 3));
        vm.expectRevert(IChannels.InvalidSignature.selector);
        channels.refundWithSignature(config, 3, 1, signature);
    }

    function test_aRefundTakesFromThePendingWithdrawalFirst() public {
        deposit(0, 10);
        start(0, 6);
        refund(0, 2);
        (uint128 amount, uint40 at) = channels.pendingWithdrawals(idOf(0));
        check(amount == 4 && at == block.timestamp, "4 are left of 6");
        refund(0, 4);
        (amount, at) = channels.pendingWithdrawals(idOf(0));
        check(amount == 0 && at == 0, "none is left");
        start(0, 1);
        refund(0, 3);
        (, at) = channels.pendingWithdrawals(idOf(0));
        check(at == 0 && token.balanceOf(payerOf(0)) == 9, "nor where more was refunded");
    }

    function test_aChannelThatIsEmptyAndWasNeverClaimedIsClosedAndSaysSo() public {
        deposit(0, 10);
        vm.expectEmit();
        emit IChannels.Refunded(idOf(0), RECEIVER, 4);
        vm.recordLogs();
        refund(0, 4);
        check(count(IChannels.ChannelClosed.selector) == 0, "not yet");
        start(0, 6);
        vm.warp(block.timestamp + DELAY);
        vm.expectEmit();
        emit IChannels.WithdrawFinalized(idOf(0), payerOf(0), 6);
        vm.expectEmit();
        emit IChannels.ChannelClosed(idOf(0), configOf(0));
        finish(0);
    }

    function test_aWithdrawalOfWhatWasClaimedMeanwhileEndsAndMovesNothing() public {
        deposit(0, 10);
        start(0, 10);
        claim(0, 10);
        vm.warp(block.timestamp + DELAY);
        vm.recordLogs();
        finish(0);
        check(vm.getRecordedLogs().length == 1, "only its end is told, no transfer");
    }

    function test_manyCallsInOneAreAllOrNothing() public {
        deposit(0, 10);
        deposit(1, 10);
        IChannels.VoucherClaim[] memory list = new IChannels.VoucherClaim[](2);
        for (uint256 i = 0; i < 2; i++) list[i] = voucher(configOf(i), PAYER_KEY + i, 9, uint128(4 + i));
        bytes[] memory calls = new bytes[](2);
        bytes memory signature = sign(SERVER_KEY, channels.getClaimBatchDigest(list));
        calls[0] = abi.encodeCall(IChannels.claimWithSignature, (list, signature));
        calls[1] = abi.encodeCall(IChannels.settle, (RECEIVER, address(token)));
        channels.multicall(calls);
        check(token.balanceOf(RECEIVER) == 9, "claimed and settled");
    }

    function count(bytes32 topic) private returns (uint256 found) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) if (logs[i].topics[0] == topic) found++;
    }

    function start(uint256 i, uint128 amount) private {
        vm.prank(payerOf(i));
        channels.initiateWithdraw(configOf(i), amount);
    }

    function finish(uint256 i) private {
        vm.prank(payerOf(i));
        channels.finalizeWithdraw(configOf(i));
    }

    function refund(uint256 i, uint128 amount) private {
        vm.prank(RECEIVER);
        channels.refund(configOf(i), amount);
    }

    function payerOf(uint256 i) private pure returns (address) {
        return vm.addr(PAYER_KEY + i);
    }

    function idOf(uint256 i) private view returns (bytes32) {
        return channels.getChannelId(configOf(i));
    }
}
