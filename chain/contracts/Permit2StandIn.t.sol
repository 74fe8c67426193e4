// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISignatureTransfer} from "./ISignatureTransfer.sol";
import {Permit2System} from "./test/Permit2System.sol";
import {vm} from "./test/Vm.sol";

/// @dev This contract is the spender that the owner names.
contract Permit2StandInTest is Permit2System {
    bytes32 private constant SAID = "what the owner said beside it";
    address private constant SHOP = address(0x5409);

    function setUp() public {
        deployPermit2();
        approvePermit2();
    }

    function testFuzz_itMovesAtMostWhatWasPermittedOnceANonce(uint64 permitted, uint64 asked, uint256 nonce) public {
        ISignatureTransfer.PermitTransferFrom memory permit = permitOf(permitted, nonce);
        bytes memory signature = signPermit(permit, address(this), SAID);
        if (asked > permitted) {
            vm.expectRevert(abi.encodeWithSelector(ISignatureTransfer.InvalidAmount.selector, permitted));
            take(permit, asked, SAID, signature);
            asked = permitted;
        }
        take(permit, asked, SAID, signature);
        check(token.balanceOf(SHOP) == asked && token.balanceOf(owner) == 1e24 - asked, "moved");
        check(permit2.nonceBitmap(owner, nonce >> 8) == 1 << (nonce & 255), "this nonce alone is used");
        vm.expectRevert(ISignatureTransfer.InvalidNonce.selector);
        take(permit, asked, SAID, signature);
    }

    function test_noncesOfOneWordAreUsedOneByOneInAnyOrder() public {
        uint256[4] memory nonces = [uint256(511), 256, 300, 257];
        for (uint256 i = 0; i < 4; i++) {
            ISignatureTransfer.PermitTransferFrom memory permit = permitOf(1, nonces[i]);
            take(permit, 1, SAID, signPermit(permit, address(this), SAID));
        }
        check(token.balanceOf(SHOP) == 4 && permit2.nonceBitmap(owner, 0) == 0, "four of word 1");
        check(permit2.nonceBitmap(owner, 1) == (1 << 255) | 1 | (1 << 44) | 2, "its bits");
    }

    function test_onlyWhatWasSignedIsTakenByWhomItWasSignedForInItsTime() public {
        ISignatureTransfer.PermitTransferFrom memory permit = permitOf(10, 0);
        bytes memory signature = signPermit(permit, address(this), SAID);
        vm.expectRevert(ISignatureTransfer.InvalidSigner.selector);
        take(permit, 1, "something else", signature);
        vm.expectRevert(ISignatureTransfer.InvalidSigner.selector);
        vm.prank(SHOP);
        permit2.permitWitnessTransferFrom(permit, detailsOf(1), owner, SAID, WITNESS, signature);
        permit.permitted.amount = 11;
        vm.expectRevert(ISignatureTransfer.InvalidSigner.selector);
        take(permit, 1, SAID, signature);
        permit.permitted.amount = 10;
        permit.nonce = 1;
        vm.expectRevert(ISignatureTransfer.InvalidSigner.selector);
        take(permit, 1, SAID, signature);
        permit.nonce = 0;
        permit.deadline++;
        vm.expectRevert(ISignatureTransfer.InvalidSigner.selector);
        take(permit, 1, SAID, signature);
        permit.deadline--;
        vm.warp(permit.deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(ISignatureTransfer.SignatureExpired.selector, permit.deadline));
        take(permit, 1, SAID, signature);
        vm.warp(permit.deadline);
        take(permit, 1, SAID, signature);
        check(token.balanceOf(SHOP) == 1, "in its last second");
    }

    function test_anOwnerMakesNoncesUnusable() public {
        vm.prank(owner);
        permit2.invalidateUnorderedNonces(0, 5);
        vm.prank(owner);
        permit2.invalidateUnorderedNonces(0, 8);
        check(permit2.nonceBitmap(owner, 0) == 13 && permit2.nonceBitmap(address(this), 0) == 0, "its own, all of them");
        ISignatureTransfer.PermitTransferFrom memory permit = permitOf(1, 2);
        bytes memory signature = signPermit(permit, address(this), SAID);
        vm.expectRevert(ISignatureTransfer.InvalidNonce.selector);
        take(permit, 1, SAID, signature);
    }

    function test_withoutAnAllowanceNothingMovesAndTheNonceStaysGood() public {
        vm.prank(owner);
        token.approve(PERMIT2, 0);
        ISignatureTransfer.PermitTransferFrom memory permit = permitOf(1, 2);
        bytes memory signature = signPermit(permit, address(this), SAID);
        vm.expectRevert();
        take(permit, 1, SAID, signature);
        check(permit2.nonceBitmap(owner, 0) == 0, "unused");
    }

    function test_itsDomainHasNoVersionAsThePublishedOne() public view {
        bytes32 kind = keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)");
        bytes32 domain = keccak256(abi.encode(kind, keccak256("Permit2"), block.chainid, PERMIT2));
        check(permit2.DOMAIN_SEPARATOR() == domain, "domain");
    }

    function detailsOf(uint256 amount) private pure returns (ISignatureTransfer.SignatureTransferDetails memory) {
        return ISignatureTransfer.SignatureTransferDetails(SHOP, amount);
    }

    function take(
        ISignatureTransfer.PermitTransferFrom memory permit,
        uint256 amount,
        bytes32 witness,
        bytes memory signature
    ) private {
        permit2.permitWitnessTransferFrom(permit, detailsOf(amount), owner, witness, WITNESS, signature);
    }
}
