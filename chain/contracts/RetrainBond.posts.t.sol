// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IRetrainBond} from "./IRetrainBond.sol";
import {RetrainBond} from "./RetrainBond.sol";
import {BondSystem} from "./test/BondSystem.sol";
import {vm} from "./test/Vm.sol";

/// @title How an adapter is posted, what is drawn of it, and when its bond goes back.
contract RetrainBondPostsTest is BondSystem {
    bytes32 private constant A = "adapter";
    address private constant ANN = address(0xA11);

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
