// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChannels} from "./IChannels.sol";
import {ChannelsSystem} from "./test/ChannelsSystem.sol";
import {Vm, vm} from "./test/Vm.sol";

/// @title What is deposited, claimed by vouchers and settled.
contract ChannelsStandInTest is ChannelsSystem {
    function setUp() public {
        deployChannels();
    }

    function testFuzz_whatIsDepositedIsTheReceiversAsFarAsClaimedAndThePayersBeyond(uint96 paidIn, uint96 charged) public {
        uint128 deposited = 1 + uint128(paidIn);
        uint128 total = charged % (deposited + 1);
        deposit(0, deposited);
        check(balanceOf(0) == deposited && token.balanceOf(CHANNELS) == deposited, "deposited");
        claim(0, total);
        check(claimedOf(0) == total && token.balanceOf(RECEIVER) == 0, "counted, not moved");
        channels.settle(RECEIVER, address(token));
        check(token.balanceOf(RECEIVER) == total, "moved");
        (uint128 allClaimed, uint128 allSettled) = channels.receivers(RECEIVER, address(token));
        check(allClaimed == total && allSettled == total, "and written down");
        channels.settle(RECEIVER, address(token));
        check(token.balanceOf(RECEIVER) == total, "once");
        vm.prank(RECEIVER);
        channels.refund(configOf(0), type(uint128).max);
        check(token.balanceOf(configOf(0).payer) == deposited - total, "the rest is the payer's");
        check(token.balanceOf(CHANNELS) == 0, "nothing is left");
    }

    function test_depositsAddUpAndOnlyTheFirstMakesAChannel() public {
        IChannels.ChannelConfig memory config = configOf(0);
        bytes32 id = channels.getChannelId(config);
        token.transfer(config.payer, 12);
        bytes memory data = depositData(config, PAYER_KEY, 5, 1e9);
        vm.expectEmit();
        emit IChannels.ChannelCreated(id, config);
        vm.expectEmit();
        emit IChannels.Deposited(id, address(this), 5, 5);
        channels.deposit(config, 5, address(collector), data);
        vm.recordLogs();
        deposit(0, 7);
        check(count(IChannels.ChannelCreated.selector) == 0, "made once");
        check(balanceOf(0) == 12, "12");
        claim(0, 12);
        vm.prank(RECEIVER);
        channels.refund(config, 1);
        check(balanceOf(0) == 12, "nothing is unclaimed");
    }

    function test_aChannelThatWasEmptiedAfterAClaimIsNotMadeAnew() public {
        deposit(0, 5);
        claim(0, 2);
        vm.recordLogs();
        vm.prank(RECEIVER);
        channels.refund(configOf(0), 3);
        check(count(IChannels.ChannelClosed.selector) == 0 && balanceOf(0) == 2, "it is not closed");
        deposit(0, 2);
        check(count(IChannels.ChannelCreated.selector) == 0, "nor made");
        deposit(1, 2);
        check(count(IChannels.ChannelCreated.selector) == 1, "another one is");
    }

    function test_aChannelNeedsBothPartiesATokenADelayWithinItsBoundsAndAnAmount() public {
        for (uint256 i = 0; i < 6; i++) {
            IChannels.ChannelConfig memory config = configOf(0);
            if (i == 0) config.payer = address(0);
            if (i == 1) config.receiver = address(0);
            if (i == 2) config.receiverAuthorizer = address(0);
            if (i == 3) config.token = address(0);
            if (i == 4) config.withdrawDelay = 15 minutes - 1;
            if (i == 5) config.withdrawDelay = 30 days + 1;
            vm.expectRevert(i < 4 ? IChannels.InvalidChannel.selector : IChannels.WithdrawDelayOutOfRange.selector);
            channels.deposit(config, 1, address(collector), "");
        }
        IChannels.ChannelConfig memory good = configOf(0);
        vm.expectRevert(IChannels.ZeroDeposit.selector);
        channels.deposit(good, 0, address(collector), "");
        vm.expectRevert(IChannels.InvalidCollector.selector);
        channels.deposit(good, 1, address(0), "");
        vm.expectRevert(IChannels.DepositCollectionFailed.selector);
        channels.deposit(good, 1, address(this), "");
        token.transfer(good.payer, 2);
        for (uint256 i = 0; i < 2; i++) {
            good.withdrawDelay = i == 0 ? 15 minutes : 30 days;
            channels.deposit(good, 1, address(collector), depositData(good, PAYER_KEY, 1, i));
        }
        check(token.balanceOf(CHANNELS) == 2, "the bounds themselves are good");
        check(channels.MIN_WITHDRAW_DELAY() == 900 && channels.MAX_WITHDRAW_DELAY() == 2_592_000, "as published");
    }

    /// @dev As a collector that brings nothing.
    function collect(address, address, uint256, bytes32, bytes calldata) external {}

    function test_aBalanceOfMoreThan128BitsIsRefused() public {
        deposit(0, type(uint128).max);
        IChannels.ChannelConfig memory config = configOf(0);
        vm.expectRevert(IChannels.DepositOverflow.selector);
        channels.deposit(config, 1, address(collector), "");
    }

    function testFuzz_aVoucherPaysAtMostWhatItSaysAndWhatIsThere(uint64 most, uint64 there, uint64 total) public {
        vm.assume(there > 0 && total > 0);
        deposit(0, there);
        IChannels.VoucherClaim[] memory list = one(0, most, total);
        if (total > most) vm.expectRevert(IChannels.ClaimExceedsCeiling.selector);
        else if (total > there) vm.expectRevert(IChannels.ClaimExceedsBalance.selector);
        vm.prank(RECEIVER);
        channels.claim(list);
        check(claimedOf(0) == (total > most || total > there ? 0 : total), "all or nothing");
    }

    function test_anOlderVoucherOrTheSameOneChangesNothingAndStopsNoBatch() public {
        deposit(0, 10);
        deposit(1, 10);
        claim(0, 6);
        IChannels.VoucherClaim[] memory list = new IChannels.VoucherClaim[](3);
        list[0] = voucher(configOf(0), PAYER_KEY, 6, 6);
        list[1] = voucher(configOf(0), PAYER_KEY, 4, 4);
        list[2] = voucher(configOf(1), PAYER_KEY + 1, 9, 3);
        vm.expectEmit();
        emit IChannels.Claimed(channels.getChannelId(configOf(1)), RECEIVER, 3, 3);
        vm.prank(RECEIVER);
        channels.claim(list);
        (uint128 claimed,) = channels.receivers(RECEIVER, address(token));
        check(claimedOf(0) == 6 && claimedOf(1) == 3 && claimed == 9, "6 and 3");
        claim(0, 8);
        (claimed,) = channels.receivers(RECEIVER, address(token));
        check(claimed == 11, "only what is more");
    }

    function test_onlyTheReceivingSideClaims() public {
        deposit(0, 10);
        IChannels.VoucherClaim[] memory list = one(0, 5, 5);
        vm.expectRevert(IChannels.NotAuthorizedToClaim.selector);
        vm.prank(configOf(0).payer);
        channels.claim(list);
        vm.prank(vm.addr(SERVER_KEY));
        channels.claim(list);
        check(claimedOf(0) == 5, "its authoriser too");
        vm.expectRevert(IChannels.EmptyBatch.selector);
        vm.prank(RECEIVER);
        channels.claim(new IChannels.VoucherClaim[](0));
    }

    function test_anybodyClaimsByTheSignatureOfTheAuthoriserOfAllOfThem() public {
        deposit(0, 10);
        deposit(1, 10);
        IChannels.VoucherClaim[] memory list = new IChannels.VoucherClaim[](2);
        list[0] = voucher(configOf(0), PAYER_KEY, 5, 4);
        list[1] = voucher(configOf(1), PAYER_KEY + 1, 6, 6);
        bytes memory signature = sign(SERVER_KEY, channels.getClaimBatchDigest(list));
        list[1].totalClaimed = 5;
        vm.expectRevert(IChannels.InvalidSignature.selector);
        channels.claimWithSignature(list, signature);
        list[1].totalClaimed = 6;
        channels.claimWithSignature(list, signature);
        check(claimedOf(0) == 4 && claimedOf(1) == 6, "both");
        list[1].voucher.channel.receiverAuthorizer = RECEIVER;
        signature = sign(SERVER_KEY, channels.getClaimBatchDigest(list));
        vm.expectRevert(IChannels.NotReceiverAuthorizer.selector);
        channels.claimWithSignature(list, signature);
        vm.expectRevert(IChannels.EmptyBatch.selector);
        channels.claimWithSignature(new IChannels.VoucherClaim[](0), signature);
    }

    function test_aVoucherIsSignedByTheNamedKeyOrWithoutOneByThePayerWhichMayBeAContract() public {
        deposit(0, 10);
        IChannels.VoucherClaim[] memory list = one(0, 5, 5);
        list[0].signature = sign(PAYER_KEY + 1, channels.getVoucherDigest(channels.getChannelId(configOf(0)), 5));
        vm.expectRevert(IChannels.InvalidSignature.selector);
        vm.prank(RECEIVER);
        channels.claim(list);
        IChannels.ChannelConfig memory own = configOf(0);
        own.payerAuthorizer = address(0);
        token.transfer(own.payer, 3);
        for (uint256 i = 0; i < 2; i++) {
            if (i == 1) own.payer = address(this);
            if (i == 0) channels.deposit(own, 3, address(collector), depositData(own, PAYER_KEY, 3, 9));
            else channels.deposit(own, 3, address(new Bringer()), "");
            list[0] = voucher(own, PAYER_KEY + 7, 2, 2);
            vm.expectRevert(IChannels.InvalidSignature.selector);
            vm.prank(RECEIVER);
            channels.claim(list);
            list[0] = voucher(own, PAYER_KEY, 2, 2);
            vm.prank(RECEIVER);
            channels.claim(list);
        }
        (uint128 claimed,) = channels.receivers(RECEIVER, address(token));
        check(claimed == 4, "by the payer's key and by a contract");
    }

    /// @dev As a payer that is a contract (EIP-1271): what PAYER_KEY signs is its word.
    function isValidSignature(bytes32 digest, bytes calldata signature) external pure returns (bytes4) {
        bool own = keccak256(signature) == keccak256(sign(PAYER_KEY, digest));
        return own ? bytes4(0x1626ba7e) : bytes4(0);
    }

    /// @dev What Bringer asks for.
    function give(uint256 amount) external {
        token.transfer(CHANNELS, amount);
    }

    function test_idsAndDigestsAreTheEip712HashesOfWhatTheySay() public view {
        IChannels.ChannelConfig memory c = configOf(3);
        bytes32 config = keccak256(
            abi.encode(
                keccak256(
                    "ChannelConfig(address payer,address payerAuthorizer,address receiver,address receiverAuthorizer,address token,uint40 withdrawDelay,bytes32 salt)"
                ),
                c
            )
        );
        bytes32 id = typed(config);
        check(channels.getChannelId(c) == id && channels.getChannelId(configOf(4)) != id, "channel");
        bytes32 hash = keccak256(abi.encode(keccak256("Voucher(bytes32 channelId,uint128 maxClaimableAmount)"), id, 7));
        check(channels.getVoucherDigest(id, 7) == typed(hash), "voucher");
        hash = keccak256(abi.encode(keccak256("Refund(bytes32 channelId,uint256 nonce,uint128 amount)"), id, 8, 9));
        check(channels.getRefundDigest(id, 8, 9) == typed(hash), "refund");
        string memory entry = "ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)";
        bytes32[] memory entries = new bytes32[](2);
        for (uint256 i = 0; i < 2; i++) {
            entries[i] = keccak256(abi.encode(keccak256(bytes(entry)), channels.getChannelId(configOf(3 + i)), 5 + i, 4 + i));
        }
        hash = keccak256(
            abi.encode(
                keccak256(abi.encodePacked("ClaimBatch(ClaimEntry[] claims)", entry)), keccak256(abi.encodePacked(entries))
            )
        );
        IChannels.VoucherClaim[] memory list = new IChannels.VoucherClaim[](2);
        for (uint256 i = 0; i < 2; i++) {
            list[i] = voucher(configOf(3 + i), PAYER_KEY, uint128(5 + i), uint128(4 + i));
        }
        check(channels.getClaimBatchDigest(list) == typed(hash), "batch");
    }

    function typed(bytes32 hash) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("x402 Batch Settlement"),
                keccak256("1"),
                block.chainid,
                CHANNELS
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, hash));
    }

    /// @dev How many such events there were since the logs were last looked at.
    function count(bytes32 topic) private returns (uint256 found) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) if (logs[i].topics[0] == topic) found++;
    }
}

/// @dev A collector that asks the payer, a contract, for the money.
contract Bringer {
    function collect(address payer, address, uint256 amount, bytes32, bytes calldata) external {
        ChannelsStandInTest(payer).give(amount);
    }
}
