// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {DepositCollectorStandIn} from "./DepositCollectorStandIn.sol";
import {IChannels} from "./IChannels.sol";
import {ChannelsSystem} from "./test/ChannelsSystem.sol";
import {vm} from "./test/Vm.sol";

contract DepositCollectorStandInTest is ChannelsSystem {
    function setUp() public {
        deployChannels();
        token.transfer(vm.addr(PAYER_KEY), 100);
    }

    function testFuzz_itBringsWhatWasSignedForThisChannelOnce(uint64 amount, uint256 salt) public {
        vm.assume(amount > 0);
        IChannels.ChannelConfig memory config = configOf(0);
        token.transfer(config.payer, amount);
        bytes memory data = depositData(config, PAYER_KEY, amount, salt);
        IChannels.ChannelConfig memory other = configOf(0);
        other.salt = "another";
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        channels.deposit(other, amount, address(collector), data);
        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        channels.deposit(config, uint128(amount) + 1, address(collector), data);
        channels.deposit(config, amount, address(collector), data);
        check(token.balanceOf(CHANNELS) == amount && token.balanceOf(address(collector)) == 0, "brought");
        bytes32 nonce = keccak256(abi.encode(channels.getChannelId(config), salt));
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, config.payer, nonce));
        channels.deposit(config, amount, address(collector), data);
    }

    function test_nobodyButTheChannelsHasTokensBrought() public {
        IChannels.ChannelConfig memory config = configOf(0);
        bytes32 id = channels.getChannelId(config);
        bytes memory data = depositData(config, PAYER_KEY, 5, 1);
        vm.expectRevert(DepositCollectorStandIn.OnlyChannels.selector);
        collector.collect(config.payer, address(token), 5, id, data);
        check(collector.CHANNELS() == CHANNELS, "as published");
    }

    function test_aSignatureOfAnotherLengthIsRefused() public {
        bytes memory data = abi.encode(0, type(uint256).max, 1, new bytes(66));
        vm.expectRevert(abi.encodeWithSelector(DepositCollectorStandIn.SignatureLength.selector, 66));
        channels.deposit(configOf(0), 5, address(collector), data);
    }
}
