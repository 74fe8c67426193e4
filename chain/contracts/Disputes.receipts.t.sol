// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDisputes} from "./IDisputes.sol";
import {IStaking} from "./IStaking.sol";
import {DisputesSystem} from "./test/DisputesSystem.sol";
import {vm} from "./test/Vm.sol";

/// @title Disputes of receipts, by the signature of their server.
contract DisputesReceiptsTest is DisputesSystem {
    function setUp() public {
        deployDisputes();
    }

    function test_aReceiptIsChallengedByTheSignatureOfItsServerAndClosedWhenUpheld() public {
        bytes memory signature = signed("receipt");
        vm.prank(ALICE);
        uint256 id = disputes.openReceipt("receipt", signature, "evidence");
        IDisputes.Dispute memory d = disputes.disputeOf(id);
        check(d.kind == IDisputes.Kind.Receipt && d.accused == server && d.epoch == 0 && d.subject == "receipt", "what");
        check(disputes.openOnReceipt("receipt", server) == id && disputes.openOnReceipt("receipt", ALICE) == 0, "found");
        check(staking.stakeOf(server, IStaking.Role.Server).disputes == 1, "frozen");
        check(vault.proposal().heldAt == 0, "roots go on");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.AlreadyOpen.selector, id));
        vm.prank(ALICE);
        disputes.openReceipt("receipt", signature, "evidence");
        vm.warp(block.timestamp + ANSWER);
        disputes.expire(id);
        check(disputes.payableWei(ALICE) == BOND + 60 && disputes.payableWei(TIMELOCK) == 90, "150 of 500");
        check(staking.stakeOf(server, IStaking.Role.Server).activeWei == 350, "slashed");
        check(disputes.openOnReceipt("receipt", server) == 0, "over");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.Closed.selector, bytes32("receipt")));
        vm.prank(ALICE);
        disputes.openReceipt("receipt", signature, "evidence");
    }

    function test_aReceiptThatWasDismissedMayBeChallengedAgain() public {
        bytes memory signature = signed("receipt");
        vm.prank(ALICE);
        uint256 id = disputes.openReceipt("receipt", signature, "evidence");
        vm.prank(server);
        disputes.answer(id, "answer");
        vm.prank(RESOLVER);
        disputes.decide(id, false, false);
        check(disputes.payableWei(server) == BOND + 600, "to the server");
        vm.prank(ALICE);
        check(disputes.openReceipt("receipt", signature, "evidence") == 2, "again");
    }

    function test_anUndecidedReceiptGivesBondsBackAndTouchesNoRoot() public {
        vm.prank(ALICE);
        uint256 id = disputes.openReceipt("receipt", signed("receipt"), "evidence");
        vm.prank(server);
        disputes.answer(id, "answer");
        vm.warp(block.timestamp + DECIDE);
        disputes.expire(id);
        check(disputes.payableWei(server) == BOND && disputes.payableWei(ALICE) == BOND, "bonds back");
        check(staking.stakeOf(server, IStaking.Role.Server).disputes == 0, "free again");
    }
}
