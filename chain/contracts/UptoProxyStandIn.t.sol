// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ISignatureTransfer} from "./ISignatureTransfer.sol";
import {IUptoProxy} from "./IUptoProxy.sol";
import {UptoProxyStandIn} from "./UptoProxyStandIn.sol";
import {Permit2System} from "./test/Permit2System.sol";
import {vm} from "./test/Vm.sol";

/// @dev This contract is the facilitator that the owner names.
contract UptoProxyStandInTest is Permit2System {
    address private constant SHOP = address(0x5409);

    UptoProxyStandIn private proxy;

    function setUp() public {
        deployPermit2();
        proxy = new UptoProxyStandIn();
    }

    function testFuzz_itTakesAtMostWhatWasSignedOnceForTheReceiverThatWasSigned(uint64 permitted, uint64 charged) public {
        approvePermit2();
        (ISignatureTransfer.PermitTransferFrom memory permit, IUptoProxy.Witness memory w, bytes memory signature) =
            signed(permitted);
        if (charged > permitted) {
            vm.expectRevert(IUptoProxy.AmountExceedsPermitted.selector);
            proxy.settle(permit, charged, owner, w, signature);
            charged = permitted;
        }
        vm.expectEmit();
        emit IUptoProxy.Settled();
        proxy.settle(permit, charged, owner, w, signature);
        check(token.balanceOf(SHOP) == charged && token.balanceOf(owner) == 1e24 - charged, "to the shop alone");
        vm.expectRevert(ISignatureTransfer.InvalidNonce.selector);
        proxy.settle(permit, charged, owner, w, signature);
    }

    function test_whoeverIsNotNamedSettlesNothing() public {
        approvePermit2();
        (ISignatureTransfer.PermitTransferFrom memory permit, IUptoProxy.Witness memory w, bytes memory signature) = signed(10);
        vm.expectRevert(IUptoProxy.UnauthorizedFacilitator.selector);
        vm.prank(SHOP);
        proxy.settle(permit, 1, owner, w, signature);
        w.facilitator = SHOP;
        vm.expectRevert(ISignatureTransfer.InvalidSigner.selector);
        vm.prank(SHOP);
        proxy.settle(permit, 1, owner, w, signature);
        w.facilitator = address(this);
        w.to = address(this);
        vm.expectRevert(ISignatureTransfer.InvalidSigner.selector);
        proxy.settle(permit, 1, owner, w, signature);
        w.to = address(0);
        vm.expectRevert(IUptoProxy.InvalidDestination.selector);
        proxy.settle(permit, 1, owner, w, signature);
        w.to = SHOP;
        vm.expectRevert(IUptoProxy.InvalidOwner.selector);
        proxy.settle(permit, 1, address(0), w, signature);
        w.validAfter++;
        vm.expectRevert(IUptoProxy.PaymentTooEarly.selector);
        proxy.settle(permit, 1, owner, w, signature);
        w.validAfter--;
        proxy.settle(permit, 1, owner, w, signature);
        check(token.balanceOf(SHOP) == 1, "as signed, in its first second");
    }

    function test_aPermitOfTheTokenGivesTheAllowanceInTheSameTransaction() public {
        (ISignatureTransfer.PermitTransferFrom memory permit, IUptoProxy.Witness memory w, bytes memory signature) = signed(10);
        vm.expectRevert();
        proxy.settle(permit, 4, owner, w, signature);
        IUptoProxy.EIP2612Permit memory allow = allowance(10);
        allow.value = 11;
        vm.expectRevert(IUptoProxy.Permit2612AmountMismatch.selector);
        proxy.settleWithPermit(allow, permit, 4, owner, w, signature);
        allow.value = 10;
        vm.expectEmit();
        emit IUptoProxy.SettledWithPermit();
        proxy.settleWithPermit(allow, permit, 4, owner, w, signature);
        check(token.balanceOf(SHOP) == 4 && token.allowance(owner, PERMIT2) == 6, "4 of 10");
    }

    function test_aPermitThatSomebodyUsedBeforeIsNoError() public {
        (ISignatureTransfer.PermitTransferFrom memory permit, IUptoProxy.Witness memory w, bytes memory signature) = signed(10);
        IUptoProxy.EIP2612Permit memory allow = allowance(10);
        token.permit(owner, PERMIT2, allow.value, allow.deadline, allow.v, allow.r, allow.s);
        proxy.settleWithPermit(allow, permit, 10, owner, w, signature);
        check(token.balanceOf(SHOP) == 10, "settled");
    }

    function test_aTokenThatCallsBackSettlesNothingInside() public {
        (ISignatureTransfer.PermitTransferFrom memory permit, IUptoProxy.Witness memory w,) = signed(10);
        CallingBack calling = new CallingBack(proxy);
        permit.permitted.token = address(calling);
        bytes32 kind = keccak256("Witness(address to,address facilitator,uint256 validAfter)");
        bytes32 said = keccak256(abi.encode(kind, w.to, w.facilitator, w.validAfter));
        proxy.settle(permit, 1, owner, w, signPermit(permit, address(proxy), said));
        check(calling.refused() == 2, "neither way");
        permit.nonce++;
        IUptoProxy.EIP2612Permit memory allow;
        allow.value = 10;
        proxy.settleWithPermit(allow, permit, 1, owner, w, signPermit(permit, address(proxy), said));
        check(calling.refused() == 4, "nor while it settles with a permit");
    }

    function test_itIsBuiltAsThePublishedOne() public view {
        check(address(proxy.PERMIT2()) == PERMIT2, "over Permit2");
        check(keccak256(bytes(proxy.WITNESS_TYPE_STRING())) == keccak256(bytes(WITNESS)), "with this witness");
        bytes32 kind = keccak256("Witness(address to,address facilitator,uint256 validAfter)");
        check(proxy.WITNESS_TYPEHASH() == kind, "of this type");
    }

    function signed(uint256 amount)
        private
        view
        returns (ISignatureTransfer.PermitTransferFrom memory permit, IUptoProxy.Witness memory w, bytes memory signature)
    {
        permit = permitOf(amount, 7);
        w = IUptoProxy.Witness(SHOP, address(this), block.timestamp);
        bytes32 kind = keccak256("Witness(address to,address facilitator,uint256 validAfter)");
        signature = signPermit(permit, address(proxy), keccak256(abi.encode(kind, w.to, w.facilitator, w.validAfter)));
    }

    /// @dev The token's own permit for Permit2 (ERC-2612).
    function allowance(uint256 value) private view returns (IUptoProxy.EIP2612Permit memory allow) {
        allow.value = value;
        allow.deadline = block.timestamp + 60;
        bytes32 kind =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 hash = keccak256(abi.encode(kind, owner, PERMIT2, value, token.nonces(owner), allow.deadline));
        (allow.v, allow.r, allow.s) =
            vm.sign(OWNER_KEY, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), hash)));
    }
}

/// @dev A token that settles again while it is being moved.
contract CallingBack {
    IUptoProxy private immutable proxy;
    uint256 public refused;

    constructor(IUptoProxy proxy_) {
        proxy = proxy_;
    }

    function transferFrom(address, address, uint256) external returns (bool) {
        ISignatureTransfer.PermitTransferFrom memory permit;
        IUptoProxy.Witness memory w;
        IUptoProxy.EIP2612Permit memory allow;
        try proxy.settle(permit, 0, address(0), w, "") {} catch (bytes memory why) {
            count(why);
        }
        try proxy.settleWithPermit(allow, permit, 0, address(0), w, "") {} catch (bytes memory why) {
            count(why);
        }
        return true;
    }

    function count(bytes memory why) private {
        if (bytes4(why) == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector) refused++;
    }
}
