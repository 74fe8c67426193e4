// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChannelsStandIn} from "../ChannelsStandIn.sol";
import {DepositCollectorStandIn} from "../DepositCollectorStandIn.sol";
import {IChannels} from "../IChannels.sol";
import {OpenToken} from "../OpenToken.sol";
import {vm} from "./Vm.sol";

/// @title The stand-ins of payment channels at their published addresses, payers with keys, and what they and the server sign.
contract ChannelsSystem {
    uint256 internal constant PAYER_KEY = 0xB0B0;
    uint256 internal constant SERVER_KEY = 0x5E4;
    uint40 internal constant DELAY = 1 hours;
    address internal constant CHANNELS = 0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003;
    address internal constant RECEIVER = address(0xFEE5);
    bytes32 private constant RECEIVE = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    OpenToken internal token;
    ChannelsStandIn internal channels;
    DepositCollectorStandIn internal collector;
    uint256 private salts;

    function deployChannels() internal {
        vm.warp(1_800_000_000);
        token = new OpenToken(address(this), type(uint208).max);
        vm.etch(CHANNELS, address(new ChannelsStandIn()).code);
        channels = ChannelsStandIn(CHANNELS);
        collector = new DepositCollectorStandIn();
    }

    /// @dev The i-th payer's channel; it signs its own vouchers.
    function configOf(uint256 i) internal view returns (IChannels.ChannelConfig memory) {
        address payer = vm.addr(PAYER_KEY + i);
        return IChannels.ChannelConfig(payer, payer, RECEIVER, vm.addr(SERVER_KEY), address(token), DELAY, bytes32(i));
    }

    function deposit(uint256 i, uint128 amount) internal {
        token.transfer(vm.addr(PAYER_KEY + i), amount);
        IChannels.ChannelConfig memory config = configOf(i);
        bytes memory data = depositData(config, PAYER_KEY + i, amount, ++salts);
        channels.deposit(config, amount, address(collector), data);
    }

    function depositData(IChannels.ChannelConfig memory config, uint256 key, uint128 amount, uint256 salt)
        internal
        view
        returns (bytes memory)
    {
        bytes32 nonce = keccak256(abi.encode(channels.getChannelId(config), salt));
        bytes32 hash = keccak256(
            abi.encode(RECEIVE, config.payer, address(collector), amount, 0, type(uint256).max, nonce)
        );
        return abi.encode(0, type(uint256).max, salt, sign(key, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), hash))));
    }

    /// @dev A claim of `total` in all by a voucher for `most`, signed by `key`.
    function voucher(IChannels.ChannelConfig memory config, uint256 key, uint128 most, uint128 total)
        internal
        view
        returns (IChannels.VoucherClaim memory)
    {
        bytes memory signature = sign(key, channels.getVoucherDigest(channels.getChannelId(config), most));
        return IChannels.VoucherClaim(IChannels.Voucher(config, most), signature, total);
    }

    function one(uint256 i, uint128 most, uint128 total) internal view returns (IChannels.VoucherClaim[] memory list) {
        list = new IChannels.VoucherClaim[](1);
        list[0] = voucher(configOf(i), PAYER_KEY + i, most, total);
    }

    function claim(uint256 i, uint128 total) internal {
        IChannels.VoucherClaim[] memory list = one(i, total, total);
        vm.prank(RECEIVER);
        channels.claim(list);
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function balanceOf(uint256 i) internal view returns (uint128 balance) {
        (balance,) = channels.channels(channels.getChannelId(configOf(i)));
    }

    function claimedOf(uint256 i) internal view returns (uint128 claimed) {
        (, claimed) = channels.channels(channels.getChannelId(configOf(i)));
    }

    function check(bool ok, string memory fact) internal pure {
        require(ok, fact);
    }
}
