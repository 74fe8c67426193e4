// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {FeeEscrow} from "./FeeEscrow.sol";
import {IDatanetPools} from "./IDatanetPools.sol";
import {IFeeEscrow} from "./IFeeEscrow.sol";
import {Roles} from "./access/Roles.sol";
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

    function test_itKnowsWhatItIsBuiltWith() public view {
        check(address(fees.token()) == address(token) && fees.vault() == address(vault), "token, vault");
        check(address(fees.pools()) == address(pools) && fees.treasury() == TREASURY, "pools, treasury");
        check(fees.maxTreasuryPpm() == CEILING_PPM && fees.maxOperatorPpm() == OPERATORS_PPM, "ceilings");
        check(fees.closingSeconds() == CLOSING && fees.lastClosed() == 0, "time");
        check(fees.hasRole(0, TREASURY) && fees.hasRole(Roles.OPERATOR, address(this)), "roles");
    }

    function testFuzz_closingMovesEachPartToItsPlaceAndLeavesTheRest(uint64 a, uint64 b, uint64 c, uint64 d, uint64 e) public {
        uint256 total = uint256(a) + b + c + d + e;
        vm.assume(total > 0 && uint256(b) * 1e6 / total <= OPERATORS_PPM && uint256(c) * 1e6 / total <= CEILING_PPM);
        token.transfer(address(fees), total + 7);
        IFeeEscrow.PoolPart[] memory parts = new IFeeEscrow.PoolPart[](2);
        parts[0] = IFeeEscrow.PoolPart("rivers", uint128(d) + 1);
        parts[1] = IFeeEscrow.PoolPart("lakes", uint128(e) + 1);
        fees.closeEpoch(1, a, b, c, parts);
        check(token.balanceOf(address(vault)) == uint256(a) + b, "vault");
        check(token.balanceOf(TREASURY) == c, "treasury");
        check(pools.balanceOf("rivers") == uint256(d) + 1 && pools.balanceOf("lakes") == uint256(e) + 1, "pools");
        check(token.balanceOf(address(pools)) == pools.totalWei(), "backed");
        check(token.balanceOf(address(fees)) == 5, "what stays");
        IFeeEscrow.Closing memory closing = fees.closing(1);
        check(closing.contributorsWei == a && closing.operatorsWei == b && closing.treasuryWei == c, "recorded");
        check(closing.poolsWei == uint256(d) + e + 2 && closing.closedAt == block.timestamp, "recorded");
        check(fees.lastClosed() == 1, "closed");
    }

    function test_treasuryAndOperatorsMayTakeTheirCeilingsAndNoPpmMore() public {
        token.transfer(address(fees), 2_000_000);
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.TreasuryOverCeiling.selector, 300_001, 1_000_000));
        fees.closeEpoch(1, 699_999, 0, 300_001, none());
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.OperatorsOverCeiling.selector, 400_001, 1_000_000));
        fees.closeEpoch(1, 599_999, 400_001, 0, none());
        fees.closeEpoch(1, 300_000, 400_000, 300_000, none());
        // What goes to pools counts as what leaves.
        fees.closeEpoch(2, 0, 40, 30, one(30));
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.TreasuryOverCeiling.selector, 31, 101));
        fees.closeEpoch(3, 0, 40, 31, one(30));
    }

    function test_anEpochOfNothingClosesAndMovesNothing() public {
        fees.closeEpoch(1, 0, 0, 0, none());
        check(fees.closing(1).closedAt == block.timestamp && token.balanceOf(address(vault)) == 0, "closed");
    }

    function test_aPoolIsNeverCreditedWithNothing() public {
        vm.expectRevert(IDatanetPools.NothingToMove.selector);
        fees.closeEpoch(1, 0, 0, 0, one(0));
    }

    function test_epochsCloseInOrderAndOnce() public {
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.NotNextEpoch.selector, 2, 0));
        fees.closeEpoch(2, 0, 0, 0, none());
        fees.closeEpoch(1, 0, 0, 0, none());
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.NotNextEpoch.selector, 1, 1));
        fees.closeEpoch(1, 0, 0, 0, none());
    }

    function test_closingForMoreThanThereIsMovesNothing() public {
        token.transfer(address(fees), 10);
        vm.expectRevert();
        fees.closeEpoch(1, 11, 0, 0, none());
        check(fees.lastClosed() == 0 && token.balanceOf(address(fees)) == 10, "unchanged");
    }

    function test_aRefundGoesToThePayerOnceForWhatTheTokenSaysItPaid() public {
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.NotPaid.selector, payer, NONCE));
        fees.refund(1, payer, NONCE, 100);
        pay(100);
        vm.expectRevert(IFeeEscrow.NothingToRefund.selector);
        fees.refund(1, payer, NONCE, 0);
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.OtherPayment.selector, payer, NONCE));
        fees.refund(1, payer, NONCE, 101);
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.OtherPayment.selector, payer, NONCE));
        fees.refund(1, payer, NONCE, 99);
        fees.refund(1, payer, NONCE, 100);
        check(token.balanceOf(payer) == 1_000 && fees.refundedWei(payer, NONCE) == 100, "refunded");
        token.transfer(address(fees), 100);
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.AlreadyRefunded.selector, payer, NONCE));
        fees.refund(1, payer, NONCE, 100);
    }

    function test_whatWasPaidToSomebodyElseIsNotRefundedHere() public {
        payTo(address(0xE15E), 100);
        token.transfer(address(fees), 100);
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.OtherPayment.selector, payer, NONCE));
        fees.refund(1, payer, NONCE, 100);
    }

    function test_aClosedEpochIsFrozen() public {
        pay(100);
        fees.closeEpoch(1, 0, 0, 0, none());
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.EpochFrozen.selector, 1, 1));
        fees.refund(1, payer, NONCE, 100);
        fees.refund(2, payer, NONCE, 100);
        check(token.balanceOf(payer) == 1_000, "of the next epoch");
    }

    function test_whatWasPaidTooLongBeforeAClosingWasSharedOutWithIt() public {
        pay(100);
        uint256 paidAt = block.timestamp;
        vm.warp(paidAt + CLOSING);
        fees.closeEpoch(1, 0, 0, 0, none());
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.PaidInClosedEpoch.selector, paidAt, paidAt + CLOSING));
        fees.refund(2, payer, NONCE, 100);
    }

    function test_whatWasPaidASecondLaterIsRefundedStill() public {
        pay(100);
        vm.warp(block.timestamp + CLOSING - 1);
        fees.closeEpoch(1, 0, 0, 0, none());
        fees.refund(2, payer, NONCE, 100);
        check(token.balanceOf(payer) == 1_000, "refunded");
    }

    function test_onlyAnOperatorMovesMoneyNotEvenTheTimelock() public {
        pay(100);
        vm.expectRevert(unauthorised(TREASURY, Roles.OPERATOR));
        vm.prank(TREASURY);
        fees.refund(1, payer, NONCE, 100);
        vm.expectRevert(unauthorised(TREASURY, Roles.OPERATOR));
        vm.prank(TREASURY);
        fees.closeEpoch(1, 0, 0, 0, none());
    }

    function test_ceilingsAreTogetherTheWholeAtMost() public {
        vm.expectRevert(abi.encodeWithSelector(IFeeEscrow.CeilingOverWhole.selector, 1_000_001));
        new FeeEscrow(token, address(vault), pools, TREASURY, only(address(this)), 500_000, 500_001, CLOSING);
        new FeeEscrow(token, address(vault), pools, TREASURY, only(address(this)), 500_000, 500_000, CLOSING);
    }

    function none() private pure returns (IFeeEscrow.PoolPart[] memory) {
        return new IFeeEscrow.PoolPart[](0);
    }

    function one(uint128 amountWei) private pure returns (IFeeEscrow.PoolPart[] memory parts) {
        parts = new IFeeEscrow.PoolPart[](1);
        parts[0] = IFeeEscrow.PoolPart("rivers", amountWei);
    }

    function pay(uint256 amount) private {
        payTo(address(fees), amount);
    }

    function payTo(address to, uint256 amount) private {
        bytes32 typehash = keccak256(
            "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        uint256 end = block.timestamp + 60;
        bytes32 message = keccak256(abi.encode(typehash, payer, to, amount, 0, end, NONCE));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(PAYER_KEY, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), message)));
        token.transferWithAuthorization(payer, to, amount, 0, end, NONCE, v, r, s);
    }
}
