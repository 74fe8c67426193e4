// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRetrainBond} from "./IRetrainBond.sol";
import {BondSystem} from "./test/BondSystem.sol";
import {vm} from "./test/Vm.sol";

/// @title How reports are sealed, opened and counted, round after round, and who pays whom.
contract RetrainBondRoundsTest is BondSystem {
    bytes32 private constant A = "adapter";
    bytes32 private constant TRUTH = "what retraining gives";
    address private constant ANN = address(0xA11);
    address private constant BOB = address(0xB0B);

    function setUp() public {
        deployBonds(2);
    }

    function testFuzz_anUpheldObjectionTakesTheWholeBondAndSharesItToTheWei(uint96 extra, uint8 finders) public {
        uint128 bondWei = uint128(MIN_BOND) + extra;
        uint256 n = uint256(finders) % 5 + 1;
        postAndDraw(A, 8, bondWei);
        for (uint160 i = 0; i < n; i++) seal(A, 0, address(0xF00 + i), TRUTH);
        untilOpening(A, 0);
        for (uint160 i = 0; i < n; i++) open(A, 0, address(0xF00 + i), TRUTH);
        endRound(A, 0);
        check(outcome(A, 0) == IRetrainBond.Outcome.Open, "an objection is public for a round before it counts");
        // Somebody who only joins gets the bond back and no finder's part.
        seal(A, 0, BOB, TRUTH);
        untilOpening(A, 0);
        open(A, 0, BOB, TRUTH);
        endRound(A, 0);
        check(outcome(A, 0) == IRetrainBond.Outcome.Upheld && bonds.bond(A).slashed, "upheld");
        endRound(A, 1);
        check(outcome(A, 1) == IRetrainBond.Outcome.Unverified, "nobody reported on the other");

        uint256 each = (uint256(bondWei / 2) * FINDER_PPM) / 1e6 / n;
        for (uint160 i = 0; i < n; i++) {
            bonds.settle(A, 0, address(0xF00 + i));
            check(bonds.payableWei(address(0xF00 + i)) == REPORT_BOND + each, "finder");
        }
        bonds.settle(A, 0, BOB);
        check(bonds.payableWei(BOB) == REPORT_BOND, "joined later");
        check(bonds.payableWei(address(this)) == 0, "the poster gets nothing back");
        check(bonds.payableWei(TREASURY) == uint256(bondWei) - each * n, "the treasury has the rest");
        check(token.balanceOf(address(bonds)) == uint256(bondWei) + (n + 1) * REPORT_BOND, "conserved");
    }

    function test_aLoneLiarIsAnsweredInTheNextRoundAndLosesItsBond() public {
        postAndDraw(A, 8, 5_000);
        seal(A, 0, BOB, "a lie");
        untilOpening(A, 0);
        open(A, 0, BOB, "a lie");
        endRound(A, 0);
        bytes32 right = committed(A, 0);
        seal(A, 0, ANN, right);
        seal(A, 0, address(0xCA7), right);
        untilOpening(A, 0);
        open(A, 0, ANN, right);
        open(A, 0, address(0xCA7), right);
        endRound(A, 0);
        check(outcome(A, 0) == IRetrainBond.Outcome.Open, "a majority must stand for two rounds");
        endRound(A, 0);
        check(outcome(A, 0) == IRetrainBond.Outcome.Attested, "attested");
        endRound(A, 1);
        bonds.settle(A, 0, BOB);
        bonds.settle(A, 0, ANN);
        bonds.settle(A, 0, address(0xCA7));
        check(bonds.payableWei(BOB) == 0, "the liar gets nothing");
        // 101 lost: 40.4 go to two reporters, 20 each; 61 to the treasury.
        check(bonds.payableWei(ANN) == REPORT_BOND + 20 && bonds.payableWei(TREASURY) == 61, "parts");
        check(bonds.payableWei(address(this)) == 5_000, "the poster lost nothing");
    }

    function test_aTieEndsNothingAndAFloodAtTheLastMomentCanBeAnswered() public {
        postAndDraw(A, 8, 5_000);
        bytes32 right = committed(A, 0);
        seal(A, 0, ANN, right);
        seal(A, 0, BOB, "a lie");
        untilOpening(A, 0);
        open(A, 0, ANN, right);
        open(A, 0, BOB, "a lie");
        endRound(A, 0);
        endRound(A, 0);
        endRound(A, 0);
        check(outcome(A, 0) == IRetrainBond.Outcome.Open && bonds.caseOf(A, 0).round == 4, "a tie");
        for (uint160 i = 1; i < 4; i++) seal(A, 0, address(0xBAD0 + i), "a lie");
        untilOpening(A, 0);
        for (uint160 i = 1; i < 4; i++) open(A, 0, address(0xBAD0 + i), "a lie");
        endRound(A, 0);
        check(outcome(A, 0) == IRetrainBond.Outcome.Open, "four against one, but new");
        for (uint160 i = 1; i < 6; i++) seal(A, 0, address(0x600D + i), right);
        untilOpening(A, 0);
        for (uint160 i = 1; i < 6; i++) open(A, 0, address(0x600D + i), right);
        endRound(A, 0);
        endRound(A, 0);
        check(outcome(A, 0) == IRetrainBond.Outcome.Attested, "six against four, for two rounds");
    }

    function test_objectorsWhoDisagreeHaveNoMajority() public {
        postAndDraw(A, 8, 5_000);
        seal(A, 0, ANN, "one");
        seal(A, 0, BOB, "another");
        untilOpening(A, 0);
        open(A, 0, ANN, "one");
        open(A, 0, BOB, "another");
        endRound(A, 0);
        endRound(A, 0);
        check(outcome(A, 0) == IRetrainBond.Outcome.Open, "neither has more than half");
    }

    function test_aReportIsSealedOpenedAndSettledAtItsTimeOnly() public {
        postAndDraw(A, 8, 5_000);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.NoCase.selector, A, 2));
        bonds.commit(A, 2, TRUTH);
        vm.expectRevert(IRetrainBond.EmptyDigest.selector);
        bonds.commit(A, 0, 0);
        seal(A, 0, ANN, TRUTH);
        IRetrainBond.Case memory c = bonds.caseOf(A, 0);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.AlreadyReported.selector, ANN));
        vm.prank(ANN);
        bonds.commit(A, 0, TRUTH);
        // What Ann sealed is no use to Bob.
        bytes32 copied = bonds.reportOf(A, 0, ANN).seal;
        token.transfer(BOB, REPORT_BOND);
        vm.prank(BOB);
        token.approve(address(bonds), REPORT_BOND);
        vm.prank(BOB);
        bonds.commit(A, 0, copied);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.NotOpening.selector, c.commitEnds, c.revealEnds));
        this.openAs(0, ANN, TRUTH);
        untilOpening(A, 0);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.SealingOver.selector, c.commitEnds));
        bonds.commit(A, 0, TRUTH);
        bytes32 salt = saltOf(ANN);
        vm.expectRevert(IRetrainBond.OtherSeal.selector);
        vm.prank(BOB);
        bonds.reveal(A, 0, TRUTH, salt);
        vm.expectRevert(IRetrainBond.OtherSeal.selector);
        this.openAs(0, ANN, "what suits better");
        vm.expectRevert(IRetrainBond.EmptyDigest.selector);
        this.openAs(0, ANN, 0);
        open(A, 0, ANN, TRUTH);
        vm.expectRevert(IRetrainBond.AlreadyOpened.selector);
        this.openAs(0, ANN, TRUTH);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.NoReport.selector, address(0xCA7)));
        this.openAs(0, address(0xCA7), TRUTH);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.RoundRuns.selector, c.revealEnds));
        bonds.resolve(A, 0);
        vm.expectRevert(IRetrainBond.CaseOpen.selector);
        bonds.settle(A, 0, ANN);
        endRound(A, 0);
        endRound(A, 0);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.CaseOver.selector, IRetrainBond.Outcome.Upheld));
        bonds.resolve(A, 0);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.NoReport.selector, address(0xCA7)));
        bonds.settle(A, 0, address(0xCA7));
        // Bob never opened: his bond is lost, 40 of its 101 to Ann.
        check(bonds.dueWei(A, 0, BOB) == 0, "not opened, nothing due");
        check(bonds.dueWei(A, 0, ANN) == REPORT_BOND + 40 + 1_000, "with a finder's part of 40 % of 2,500");
    }

    function test_whatNobodyReportsOnIsUnverifiedAndCostsThePosterNothing() public {
        postAndDraw(A, 8, 5_000);
        seal(A, 0, BOB, TRUTH);
        endRound(A, 0);
        endRound(A, 1);
        check(outcome(A, 0) == IRetrainBond.Outcome.Unverified && outcome(A, 1) == outcome(A, 0), "unverified");
        check(bonds.payableWei(address(this)) == 5_000 && bonds.payableWei(TREASURY) == REPORT_BOND, "returned");
        check(bonds.dueWei(A, 0, BOB) == 0, "a report that is never opened loses its bond");
    }

    function openAs(uint256 slot, address who, bytes32 digest) external {
        open(A, slot, who, digest);
    }
}
