// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChannels} from "./IChannels.sol";
import {ChannelsSystem} from "./test/ChannelsSystem.sol";
import {vm} from "./test/Vm.sol";

/// @title Three payers deposit, sign, withdraw and are refunded at random, and a forger claims by vouchers of before.
contract ChannelsHandler is ChannelsSystem {
    uint256 private constant PAYERS = 3;

    uint128[PAYERS] public signed;
    uint128[PAYERS] private highest;
    uint256[PAYERS] private paidIn;
    bool public fell;
    bool public forged;

    constructor() {
        deployChannels();
    }

    function pay(uint8 who, uint64 amount) external {
        if (amount == 0) return;
        deposit(who % PAYERS, amount);
        paidIn[who % PAYERS] += amount;
    }

    /// @dev The payer signs for more, and the receiver claims a part of it, maybe with that of another payer.
    function charge(uint8 who, uint64 more, uint64 charged, bool both) external {
        uint256 i = who % PAYERS;
        uint256 j = both ? (i + 1) % PAYERS : i;
        signed[i] += more;
        IChannels.VoucherClaim[] memory list = new IChannels.VoucherClaim[](2);
        list[0] = claimBy(i, charged);
        list[1] = claimBy(j, charged);
        vm.prank(RECEIVER);
        channels.claim(list);
        look();
    }

    function claimBy(uint256 i, uint64 charged) private view returns (IChannels.VoucherClaim memory) {
        uint128 most = signed[i] < balanceOf(i) ? signed[i] : balanceOf(i);
        return voucher(configOf(i), PAYER_KEY + i, signed[i], most == 0 ? 0 : charged % (most + 1));
    }

    /// @dev Asks for a wei more than the payer ever signed: by its own voucher, or by one that somebody else signed.
    function forge(uint8 who, bool own) external {
        uint256 i = who % PAYERS;
        IChannels.VoucherClaim[] memory list = new IChannels.VoucherClaim[](1);
        list[0] = own
            ? voucher(configOf(i), PAYER_KEY + i, signed[i], signed[i] + 1)
            : voucher(configOf(i), PAYER_KEY + 9, signed[i] + 1, signed[i] + 1);
        vm.prank(RECEIVER);
        try channels.claim(list) {
            forged = true;
        } catch {}
        look();
    }

    function settle() external {
        channels.settle(RECEIVER, address(token));
    }

    function refund(uint8 who, uint64 amount) external {
        if (amount == 0) return;
        vm.prank(RECEIVER);
        channels.refund(configOf(who % PAYERS), amount);
    }

    function withdraw(uint8 who, uint64 amount, uint32 seconds_) external {
        uint256 i = who % PAYERS;
        vm.warp(block.timestamp + (seconds_ % (2 * DELAY)));
        IChannels.ChannelConfig memory config = configOf(i);
        (, uint40 at) = channels.pendingWithdrawals(channels.getChannelId(config));
        uint128 free = balanceOf(i) - claimedOf(i);
        if (at == 0 && free != 0) {
            vm.prank(config.payer);
            channels.initiateWithdraw(config, 1 + (amount % free));
        } else if (at != 0 && block.timestamp >= at + DELAY) {
            vm.prank(config.payer);
            channels.finalizeWithdraw(config);
        }
    }

    function look() private {
        for (uint256 i = 0; i < PAYERS; i++) {
            if (claimedOf(i) < highest[i]) fell = true;
            highest[i] = claimedOf(i);
        }
    }

    function checkMoney() external view {
        (uint128 claimed, uint128 settled) = channels.receivers(RECEIVER, address(token));
        uint256 balances;
        uint256 claims;
        for (uint256 i = 0; i < PAYERS; i++) {
            balances += balanceOf(i);
            claims += claimedOf(i);
            check(balanceOf(i) + token.balanceOf(configOf(i).payer) == paidIn[i], "a payer has what it paid in, here or there");
            check(claimedOf(i) <= balanceOf(i), "claimed <= there");
        }
        check(token.balanceOf(CHANNELS) == balances - settled, "held = balances - settled");
        check(claims == claimed && settled <= claimed, "the receiver's = what was claimed of all");
        check(token.balanceOf(RECEIVER) == settled, "and it has what was settled");
    }

    function checkVouchers() external view {
        for (uint256 i = 0; i < PAYERS; i++) check(claimedOf(i) <= signed[i], "never more than was signed");
        check(!forged, "nothing forged was counted");
        check(!fell, "what was claimed never falls");
    }
}

contract ChannelsInvariants {
    ChannelsHandler private handler;

    function setUp() public {
        handler = new ChannelsHandler();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function invariant_everyWeiIsThePayersOrTheReceivers() public view {
        handler.checkMoney();
    }

    function invariant_nobodyIsChargedMoreThanItSigned() public view {
        handler.checkVouchers();
    }
}
