// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {OpenToken} from "./OpenToken.sol";
import {TestSystem} from "./test/TestSystem.sol";
import {vm} from "./test/Vm.sol";

contract OpenTokenTest is TestSystem {
    bytes32 private constant TRANSFER_TYPEHASH = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    function setUp() public {
        deploy();
    }

    function test_wholeSupplyIsTheHoldersAtConstruction() public view {
        check(token.totalSupply() == SUPPLY && token.balanceOf(address(this)) == SUPPLY, "supply");
        check(keccak256(bytes(token.version())) == keccak256("1"), "version");
    }

    function testFuzz_oneAuthorisationPaysOnceAndOnlyWhatWasSigned(uint96 amount, bytes32 nonce, uint96 other) public {
        vm.assume(other != amount);
        address payer = vm.addr(PAYER_KEY);
        token.transfer(payer, uint256(amount) + other);
        (uint8 v, bytes32 r, bytes32 s) = authorise(amount, nonce);
        uint256 end = block.timestamp + 60;

        vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
        token.transferWithAuthorization(payer, address(fees), other, 0, end, nonce, v, r, s);

        token.transferWithAuthorization(payer, address(fees), amount, 0, end, nonce, v, r, s);
        check(token.balanceOf(address(fees)) == amount, "paid");
        check(token.authorizationState(payer, nonce), "used");

        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, payer, nonce));
        token.transferWithAuthorization(payer, address(fees), amount, 0, end, nonce, v, r, s);
    }

    function test_anExpiredAuthorisationPaysNothing() public {
        address payer = vm.addr(PAYER_KEY);
        token.transfer(payer, 10);
        (uint8 v, bytes32 r, bytes32 s) = authorise(10, 0);
        uint256 end = block.timestamp + 60;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009InvalidAuthorizationTime.selector, 0, end));
        token.transferWithAuthorization(payer, address(fees), 10, 0, end, 0, v, r, s);
    }

    function test_votesFollowTheBalanceOnceDelegated() public {
        address voter = address(0xFEED);
        token.transfer(voter, 5);
        vm.prank(voter);
        token.delegate(voter);
        check(token.getVotes(voter) == 5 && token.nonces(voter) == 0, "votes");
    }

    function authorise(uint256 amount, bytes32 nonce) private view returns (uint8, bytes32, bytes32) {
        uint256 end = block.timestamp + 60;
        bytes32 message =
            keccak256(abi.encode(TRANSFER_TYPEHASH, vm.addr(PAYER_KEY), address(fees), amount, 0, end, nonce));
        return vm.sign(PAYER_KEY, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), message)));
    }
}
