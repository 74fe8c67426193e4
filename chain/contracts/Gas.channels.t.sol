// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IChannels} from "./IChannels.sol";
import {ChannelsSystem} from "./test/ChannelsSystem.sol";
import {vm} from "./test/Vm.sol";

interface SnapshotVm {
    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256 gasUsed);
    function snapshotValue(string calldata group, string calldata name, uint256 value) external;
}

/// @title What it costs to settle the answers of 50 payment channels by one transaction, kept in chain/contracts/gas.
/// @dev Isolated: every call is a transaction. However many answers a voucher stands for, it is one voucher.
/// forge-config: default.isolate = true
contract ChannelsGasTest is ChannelsSystem {
    uint256 private constant MANY = 50;

    function setUp() public {
        deployChannels();
        for (uint256 i = 0; i < MANY; i++) deposit(i, 1e20);
    }

    function test_settle50Channels() public {
        SnapshotVm gas = SnapshotVm(address(vm));
        string[2] memory when = ["first", "after"];
        for (uint128 round = 1; round <= 2; round++) {
            IChannels.VoucherClaim[] memory list = new IChannels.VoucherClaim[](MANY);
            for (uint256 i = 0; i < MANY; i++) list[i] = voucher(configOf(i), PAYER_KEY + i, round * 2e18, round * 1e18);
            bytes[] memory calls = new bytes[](2);
            bytes memory signature = sign(SERVER_KEY, channels.getClaimBatchDigest(list));
            calls[0] = abi.encodeCall(IChannels.claimWithSignature, (list, signature));
            calls[1] = abi.encodeCall(IChannels.settle, (RECEIVER, address(token)));
            channels.multicall(calls);
            uint256 used = gas.snapshotGasLastCall("channels", string.concat("settle 50 channels, ", when[round - 1]));
            gas.snapshotValue("channels", string.concat("each of 50, ", when[round - 1]), used / MANY);
            check(token.balanceOf(RECEIVER) == round * 50e18, "all of it arrived");
        }
    }
}
