// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IFeeEscrow} from "./IFeeEscrow.sol";
import {TestSystem} from "./test/TestSystem.sol";
import {vm} from "./test/Vm.sol";

/// @title A payer signs several payments by few nonces; they are paid, received, cancelled and refunded in any order, again and again.
contract AuthorisationsHandler is TestSystem {
    uint256 private constant NONCES = 4;
    /// @dev What others paid: a second refund would come out of it.
    uint256 private constant OTHERS = 1e22;
    address private constant SHOP = address(0x5409);

    address private payer;
    uint256[NONCES] public payments;
    uint256[NONCES] public refunds;
    bool[NONCES] private cancelled;
    bool[NONCES] private toShop;
    uint128[NONCES] private paidWei;
    uint256 private shopWei;
    uint256 private closedWei;
    bool public paidAfterCancel;
    bool public refundedAnother;

    constructor() {
        deploy();
        payer = vm.addr(PAYER_KEY);
        token.transfer(payer, 1e24);
        token.transfer(address(fees), OTHERS);
    }

    function pay(uint8 which, uint64 amount) external {
        transfer("TransferWithAuthorization", which % NONCES, address(fees), amount);
    }

    function payTheShop(uint8 which, uint64 amount) external {
        transfer("TransferWithAuthorization", which % NONCES, SHOP, amount);
    }

    /// @dev The receiver brings it itself.
    function receivePayment(uint8 which, uint64 amount) external {
        transfer("ReceiveWithAuthorization", which % NONCES, SHOP, amount);
    }

    function transfer(string memory kind, uint256 i, address to, uint64 amount) private {
        bool receiving = bytes(kind)[0] == "R";
        bytes4 selector = receiving
            ? bytes4(keccak256("receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)"))
            : bytes4(keccak256("transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)"));
        bytes memory data = authorise(selector, kind, abi.encode(payer, to, amount, 0, type(uint256).max, bytes32(i)));
        if (receiving) vm.prank(to);
        (bool done,) = address(token).call(data);
        if (!done) return;
        payments[i]++;
        paidAfterCancel = paidAfterCancel || cancelled[i];
        (paidWei[i], toShop[i]) = (amount, to == SHOP);
        if (to == SHOP) shopWei += amount;
    }

    function authorise(bytes4 selector, string memory kind, bytes memory terms) private view returns (bytes memory) {
        string memory fields =
            "(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";
        (uint8 v, bytes32 r, bytes32 s) =
            sign(keccak256(abi.encodePacked(keccak256(abi.encodePacked(kind, fields)), terms)));
        return abi.encodePacked(selector, terms, abi.encode(v, r, s));
    }

    function cancel(uint8 which) external {
        uint256 i = which % NONCES;
        bytes32 kind = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");
        (uint8 v, bytes32 r, bytes32 s) = sign(keccak256(abi.encode(kind, payer, bytes32(i))));
        try token.cancelAuthorization(payer, bytes32(i), v, r, s) {
            cancelled[i] = true;
        } catch {}
    }

    /// @dev Asks for what was paid, and again, and for something else.
    function refund(uint8 which, uint64 other) external {
        uint256 i = which % NONCES;
        refundOf(i, other);
        for (uint256 again = 0; again < 2; again++) refundOf(i, paidWei[i]);
    }

    function refundOf(uint256 i, uint256 amount) private {
        try fees.refund(fees.lastClosed() + 1, payer, bytes32(i), amount) {
            refunds[i]++;
            if (amount != paidWei[i] || toShop[i] || payments[i] == 0) refundedAnother = true;
        } catch {}
    }

    /// @dev The vault takes a part of what is there: what was paid long before is refunded no more.
    function close(uint16 part, uint32 seconds_) external {
        vm.warp(block.timestamp + (seconds_ % (2 * CLOSING)));
        uint128 amount = uint128((token.balanceOf(address(fees)) * part) / 655_360);
        fees.closeEpoch(fees.lastClosed() + 1, amount, 0, 0, new IFeeEscrow.PoolPart[](0));
        closedWei += amount;
    }

    function checkOnce() external view {
        for (uint256 i = 0; i < NONCES; i++) {
            check(payments[i] <= 1, "one authorisation pays once");
            check(refunds[i] <= payments[i], "and is refunded once at most");
            check(fees.refundedWei(payer, bytes32(i)) == (refunds[i] == 0 ? 0 : paidWei[i]), "as it is written down");
            check(!(cancelled[i] && payments[i] > 0), "one that was cancelled paid nothing");
            bool used = token.authorizationState(payer, bytes32(i));
            check(used == (cancelled[i] || payments[i] > 0), "used where paid or cancelled");
            check(token.authorizationCancelled(payer, bytes32(i)) == cancelled[i], "and it knows which");
        }
        check(!paidAfterCancel && !refundedAnother, "no payment after a cancellation, no refund of another payment");
    }

    function checkMoney() external view {
        uint256 paid;
        uint256 back;
        for (uint256 i = 0; i < NONCES; i++) {
            paid += payments[i] == 0 ? 0 : paidWei[i];
            back += refunds[i] == 0 ? 0 : paidWei[i];
        }
        check(token.balanceOf(payer) == 1e24 - paid + back, "the payer: less what was paid, and what was refunded");
        check(token.balanceOf(SHOP) == shopWei, "the shop");
        check(token.balanceOf(address(fees)) == OTHERS + paid - shopWei - back - closedWei, "the escrow");
        check(token.balanceOf(address(vault)) == closedWei && token.totalSupply() == SUPPLY, "the vault, and all of it");
    }

    function sign(bytes32 message) private view returns (uint8, bytes32, bytes32) {
        return vm.sign(PAYER_KEY, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), message)));
    }
}

contract AuthorisationsInvariants {
    AuthorisationsHandler private handler;

    function setUp() public {
        handler = new AuthorisationsHandler();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function invariant_oneAuthorisationPaysOnce() public view {
        handler.checkOnce();
    }

    function invariant_whatWasPaidIsSomewhere() public view {
        handler.checkMoney();
    }
}
