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

    function test_theHolderOfTheSupplyVotesFromTheStartInSeconds() public view {
        check(token.getVotes(address(this)) == SUPPLY, "votes");
        check(token.clock() == block.timestamp, "seconds");
        check(keccak256(bytes(token.CLOCK_MODE())) == keccak256("mode=timestamp"), "as ERC-6372 says");
    }

    function test_itRemembersWhatAnAuthorisationPaidToWhomAndWhen() public {
        address payer = vm.addr(PAYER_KEY);
        token.transfer(payer, 10);
        (bytes27 none, uint40 never) = token.authorizationOf(payer, "nonce");
        check(none == 0 && never == 0 && !token.authorizationCancelled(payer, "nonce"), "unused");
        (uint8 v, bytes32 r, bytes32 s) = authorise(10, "nonce");
        token.transferWithAuthorization(payer, address(fees), 10, 0, block.timestamp + 60, "nonce", v, r, s);
        (bytes27 digest, uint40 at) = token.authorizationOf(payer, "nonce");
        check(digest == token.paymentDigest(address(fees), 10) && at == block.timestamp, "what and when");
        check(digest != token.paymentDigest(address(fees), 11), "this amount");
        check(digest != token.paymentDigest(payer, 10), "to this address");
        check(digest == bytes27(keccak256(abi.encode(address(fees), 10))), "as it says");
        check(!token.authorizationCancelled(payer, "nonce"), "it was paid");
    }

    function test_aCancelledAuthorisationPaidNothingAndNeverWill() public {
        address payer = vm.addr(PAYER_KEY);
        token.transfer(payer, 10);
        bytes32 hash = keccak256(
            abi.encode(keccak256("CancelAuthorization(address authorizer,bytes32 nonce)"), payer, bytes32("nonce"))
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(PAYER_KEY, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), hash)));
        token.cancelAuthorization(payer, "nonce", v, r, s);
        check(token.authorizationCancelled(payer, "nonce") && token.authorizationState(payer, "nonce"), "cancelled");
        (bytes27 digest, uint40 at) = token.authorizationOf(payer, "nonce");
        check(digest == 0 && at == 0, "nothing was paid");
        (v, r, s) = authorise(10, "nonce");
        vm.expectRevert(
            abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, payer, bytes32("nonce"))
        );
        token.transferWithAuthorization(payer, address(fees), 10, 0, block.timestamp + 60, "nonce", v, r, s);
    }

    function authorise(uint256 amount, bytes32 nonce) private view returns (uint8, bytes32, bytes32) {
        uint256 end = block.timestamp + 60;
        bytes32 message =
            keccak256(abi.encode(TRANSFER_TYPEHASH, vm.addr(PAYER_KEY), address(fees), amount, 0, end, nonce));
        return vm.sign(PAYER_KEY, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), message)));
    }
}
