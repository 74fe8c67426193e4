// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IRetrainBond} from "./IRetrainBond.sol";
import {RetrainBond} from "./RetrainBond.sol";
import {BondSystem} from "./test/BondSystem.sol";
import {vm} from "./test/Vm.sol";

contract RetrainBondTest is BondSystem {
    bytes32 private constant A = "adapter";
    bytes32 private constant TRUTH = "what retraining gives";
    address private constant ANN = address(0xA11);
    address private constant BOB = address(0xB0B);

    function setUp() public {
        deployBonds(2);
    }

    function testFuzz_aDrawTakesDifferentMembersBelowTheirNumber(bytes32 seed, uint8 n, uint8 m) public view {
        uint256 members = uint256(n) % 65 + 1;
        uint256 picks = uint256(m) % members + 1;
        uint256[] memory picked = bonds.drawn(seed, members, picks);
        bool[] memory seen = new bool[](members);
        check(picked.length == picks, "as many as asked");
        for (uint256 i = 0; i < picks; i++) {
            check(picked[i] < members && !seen[picked[i]], "in range, none twice");
            seen[picked[i]] = true;
        }
    }

    function test_everyMemberIsDrawnAsOftenAsAnyOther() public view {
        uint256[9] memory times;
        for (uint256 i = 0; i < 3_000; i++) {
            uint256[] memory picked = bonds.drawn(keccak256(abi.encode(i)), 9, 3);
            for (uint256 k = 0; k < 3; k++) times[picked[k]]++;
        }
        // 1,000 each is expected; the standard deviation is 26.
        for (uint256 k = 0; k < 9; k++) check(times[k] > 890 && times[k] < 1_110, "three of nine");
    }

    function test_onlyWhoAnswersForARegisteredAdapterPostsOnce() public {
        bytes32[] memory leaves = leavesOf(A, 3);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.UnknownAdapter.selector, A));
        bonds.post(A, 1_000, "plan", "machine", "bundle", leaves);
        register(A, 3);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.NotAnswerable.selector, ANN));
        vm.prank(ANN);
        bonds.post(A, 1_000, "plan", "machine", "bundle", leaves);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.BondTooSmall.selector, 999, 1_000));
        bonds.post(A, 999, "plan", "machine", "bundle", leaves);
        for (uint256 i = 0; i < 3; i++) {
            vm.expectRevert(IRetrainBond.EmptyDigest.selector);
            bonds.post(A, 1_000, i == 0 ? bytes32(0) : A, i == 1 ? bytes32(0) : A, i == 2 ? bytes32(0) : A, leaves);
        }
        bytes32 root = bonds.rootOf(leaves);
        leaves[1] = leaves[0];
        bytes32 other = bonds.rootOf(leaves);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.OtherSet.selector, other, root));
        bonds.post(A, 1_000, "plan", "machine", "bundle", leaves);

        token.transfer(OWNER, 1_000);
        vm.prank(OWNER);
        token.approve(address(bonds), 1_000);
        vm.prank(OWNER);
        bonds.post(A, 1_000, "plan", "machine", "bundle", leavesOf(A, 3));
        IRetrainBond.Bond memory b = bonds.bond(A);
        check(b.poster == OWNER && b.lockedWei == 1_000 && b.members == 4 && b.drawBlock == block.number + 2, "posted");
        check(b.plan == "plan" && b.machine == "machine" && b.bundle == "bundle", "digests");
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.AlreadyPosted.selector, A));
        bonds.post(A, 1_000, "plan", "machine", "bundle", leavesOf(A, 3));
    }

    function test_theDrawWaitsForItsBlockAndIsMovedWhereTheHashIsGone() public {
        bytes32[] memory leaves = leavesOf(A, 3);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.NotPosted.selector, A));
        bonds.draw(A, leaves);
        register(A, 3);
        bonds.post(A, 1_000, "plan", "machine", "bundle", leaves);
        uint256 drawBlock = bonds.bond(A).drawBlock;
        vm.roll(drawBlock);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.TooEarly.selector, drawBlock));
        bonds.draw(A, leaves);
        vm.roll(drawBlock + 256);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.HashThere.selector, drawBlock));
        bonds.moveDraw(A);
        vm.roll(drawBlock + 257);
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.HashGone.selector, drawBlock));
        bonds.draw(A, leaves);
        bonds.moveDraw(A);
        check(bonds.bond(A).drawBlock == drawBlock + 259, "moved to a later block");
        vm.roll(drawBlock + 260);
        leaves[0] = leaves[1];
        vm.expectRevert(IRetrainBond.OtherLeaves.selector);
        bonds.draw(A, leaves);
        bonds.draw(A, leavesOf(A, 3));
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.AlreadyDrawn.selector, A));
        bonds.draw(A, leavesOf(A, 3));
        check(bonds.bond(A).open == 2 && bonds.caseOf(A, 2).round == 0, "two cases");
    }

    function test_theDrawNamesTheCommittedDigestOfEachMember() public {
        deployBonds(40);
        postAndDraw(A, 3, 1_000);
        bytes32[] memory leaves = leavesOf(A, 3);
        check(bonds.bond(A).drawn == 4, "all where a set has fewer than are picked");
        for (uint256 slot = 0; slot < 4; slot++) {
            IRetrainBond.Case memory c = bonds.caseOf(A, slot);
            check(c.committed == (c.member == 0 ? A : leaves[c.member - 1]), "adapter or leaf");
        }
    }

    function test_anHonestSetIsAttestedAndAllBondsGoBack() public {
        postAndDraw(A, 8, 5_000);
        for (uint256 slot = 0; slot < 2; slot++) seal(A, slot, ANN, committed(A, slot));
        untilOpening(A, 0);
        for (uint256 slot = 0; slot < 2; slot++) open(A, slot, ANN, committed(A, slot));
        endRound(A, 0);
        check(bonds.bond(A).lockedWei == 5_000, "locked while a case is open");
        endRound(A, 1);
        check(outcome(A, 0) == IRetrainBond.Outcome.Attested && !bonds.bond(A).slashed, "attested");
        check(bonds.payableWei(address(this)) == 5_000 && bonds.payableWei(TREASURY) == 0, "bond back");
        bonds.settle(A, 0, ANN);
        bonds.settle(A, 1, ANN);
        vm.expectRevert(IRetrainBond.AlreadySettled.selector);
        bonds.settle(A, 0, ANN);
        check(bonds.withdraw(ANN) == 2 * REPORT_BOND && token.balanceOf(ANN) == 2 * REPORT_BOND, "report bonds back");
        vm.expectRevert(abi.encodeWithSelector(IRetrainBond.NothingToWithdraw.selector, ANN));
        bonds.withdraw(ANN);
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

    function test_termsThatMakeNoSenseAreRefused() public {
        for (uint256 i = 0; i < 8; i++) {
            IRetrainBond.Terms memory t = termsOf(2);
            if (i == 0) t.minBondWei = 0;
            if (i == 1) t.reportBondWei = 0;
            if (i == 2) t.picks = 0;
            if (i == 3) t.drawDelayBlocks = 0;
            if (i == 4) t.commitSeconds = 0;
            if (i == 5) t.revealSeconds = 0;
            if (i == 6) t.finderPpm = 500_001;
            vm.expectRevert(IRetrainBond.BadTerms.selector);
            new RetrainBond(token, models, i == 7 ? address(0) : TREASURY, t);
        }
        vm.expectRevert(IRetrainBond.EmptyDigest.selector);
        bonds.rootOf(new bytes32[](0));
    }

    function test_aTokenThatCallsBackIsPaidOnce() public {
        CallingToken calling = new CallingToken();
        bonds = new RetrainBond(calling, models, TREASURY, termsOf(2));
        calling.approve(address(bonds), type(uint256).max);
        postAndDraw(A, 8, 5_000);
        bytes32 other = "other";
        register(other, 4);
        bonds.post(other, 7_000, "plan", "machine", "bundle", leavesOf(other, 4));
        endRound(A, 0);
        endRound(A, 1);
        calling.arm(bonds, address(this));
        uint256 before = calling.balanceOf(address(this));
        bonds.withdraw(address(this));
        check(calling.refused(), "the call inside was refused");
        check(calling.balanceOf(address(this)) - before == 5_000, "paid once");
    }

    function openAs(uint256 slot, address who, bytes32 digest) external {
        open(A, slot, who, digest);
    }
}

/// @dev Withdraws again while it is being withdrawn.
contract CallingToken is ERC20("Calling", "CALL") {
    RetrainBond private target;
    address private account;
    bool public refused;

    constructor() {
        _mint(msg.sender, 1e30);
    }

    function arm(RetrainBond target_, address account_) external {
        target = target_;
        account = account_;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (address(target) != address(0) && from == address(target)) {
            try target.withdraw(account) {} catch { refused = true; }
        }
        super._update(from, to, value);
    }
}
