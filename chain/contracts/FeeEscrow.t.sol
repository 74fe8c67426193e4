// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {FeeEscrow} from "./FeeEscrow.sol";
import {IFeeEscrow} from "./IFeeEscrow.sol";
import {TestSystem} from "./test/TestSystem.sol";
import {vm} from "./test/Vm.sol";

contract FeeEscrowTest is TestSystem {
    bytes32 private constant NONCE = "nonce";
    address private payer;

    function setUp() public {
        deploy();
        payer = vm.addr(PAYER_KEY);
        token.transfer(payer, 1_000);
    }

    function testFuzz_closingMovesExactlyItsPartsAndCarriesTheRest(uint96 received, uint96 a, uint96 b) public {
        a = uint96(a % (uint256(received) + 1));
        b = uint96(b % (uint256(received) - a + 1));
        uint128 vaultWei = a;
        uint128 treasuryWei = b;
        uint256 ceiling = ((uint256(a) + b) * CEILING_PPM) / 1e6;
        token.transfer(address(fees), received);
        if (b > ceiling) {
            vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.TreasuryOverCeiling.selector, uint256(b), ceiling));
            fees.closeEpoch(1, vaultWei, treasuryWei);
            return;
        }
        fees.closeEpoch(1, vaultWei, treasuryWei);
        check(token.balanceOf(address(vault)) == a && token.balanceOf(TREASURY) == b, "moved");
        check(token.balanceOf(address(fees)) == uint256(received) - a - b, "carried");
        check(fees.closing(1).vaultWei == a && fees.closing(1).treasuryWei == b, "recorded");
        check(fees.closing(1).closedAt == block.timestamp && fees.lastClosed() == 1, "closed");
    }

    function test_theTreasuryMayTakeItsCeilingToTheWeiAndNoMore() public {
        token.transfer(address(fees), 1_000);
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.TreasuryOverCeiling.selector, 301, 300));
        fees.closeEpoch(1, 699, 301);
        fees.closeEpoch(1, 700, 300);
    }

    function test_epochsCloseInOrderAndOnce() public {
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.NotNextEpoch.selector, 2, 0));
        fees.closeEpoch(2, 0, 0);
        fees.closeEpoch(1, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.NotNextEpoch.selector, 1, 1));
        fees.closeEpoch(1, 0, 0);
    }

    function test_closingForMoreThanThereIsMovesNothing() public {
        token.transfer(address(fees), 10);
        vm.expectRevert();
        fees.closeEpoch(1, 11, 0);
        check(fees.lastClosed() == 0 && token.balanceOf(address(fees)) == 10, "unchanged");
    }

    function test_aRefundGoesToThePayerOnceForAUsedAuthorisation() public {
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.NotPaid.selector, payer, NONCE));
        fees.refund(1, payer, NONCE, 100);
        pay(100);
        vm.expectRevert(IFeeEscrow.NothingToRefund.selector);
        fees.refund(1, payer, NONCE, 0);
        fees.refund(1, payer, NONCE, 100);
        check(token.balanceOf(payer) == 1_000 && fees.refundedWei(payer, NONCE) == 100, "refunded");
        token.transfer(address(fees), 100);
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.AlreadyRefunded.selector, payer, NONCE));
        fees.refund(1, payer, NONCE, 100);
    }

    function test_aClosedEpochIsFrozen() public {
        pay(100);
        fees.closeEpoch(1, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.EpochFrozen.selector, 1, 1));
        fees.refund(1, payer, NONCE, 100);
        fees.refund(2, payer, NONCE, 100);
    }

    function test_onlyTheOwnerMovesMoney() public {
        pay(100);
        bytes memory refused = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, payer);
        vm.expectRevert(refused);
        vm.prank(payer);
        fees.refund(1, payer, NONCE, 100);
        vm.expectRevert(refused);
        vm.prank(payer);
        fees.closeEpoch(1, 0, 0);
    }

    function test_aCeilingOverTheWholeIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.CeilingOverWhole.selector, 1_000_001));
        new FeeEscrow(token, address(vault), TREASURY, 1_000_001, address(this));
    }

    function pay(uint256 amount) private {
        bytes32 typehash = keccak256(
            "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        uint256 end = block.timestamp + 60;
        bytes32 message = keccak256(abi.encode(typehash, payer, address(fees), amount, 0, end, NONCE));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(PAYER_KEY, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), message)));
        token.transferWithAuthorization(payer, address(fees), amount, 0, end, NONCE, v, r, s);
    }
}
