// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRetrainBond} from "./IRetrainBond.sol";
import {BondSystem} from "./test/BondSystem.sol";
import {vm} from "./test/Vm.sol";

/// @title Does at random what posters, reporters and passers-by can do, with time and blocks going on.
contract BondHandler is BondSystem {
    uint256 private constant ADAPTERS = 3;
    uint256 private constant REPORTERS = 4;
    uint256 public posted;
    uint256 public reported;
    uint256 public withdrawn;
    uint256 public ended;
    bool public endedAgain;
    mapping(bytes32 adapter => mapping(uint256 slot => IRetrainBond.Outcome)) private seen;

    constructor() {
        deployBonds(2);
        for (uint256 i = 0; i < ADAPTERS; i++) register(adapterOf(i), i + 1);
    }

    function adapterOf(uint256 i) private pure returns (bytes32) {
        return keccak256(abi.encode("adapter", i % ADAPTERS));
    }

    function reporterOf(uint256 i) private pure returns (address) {
        return address(uint160(0x5E0000 + (i % REPORTERS)));
    }

    /// @dev The committed digest, or one of two others.
    function saidOf(bytes32 adapter, uint256 slot, uint8 what) private view returns (bytes32) {
        return what % 3 == 0 ? committed(adapter, slot) : bytes32(uint256(what % 3));
    }

    function post(uint8 which, uint64 extra) external {
        bytes32 adapter = adapterOf(which);
        if (bonds.bond(adapter).poster != address(0)) return;
        uint128 bondWei = MIN_BOND + extra;
        bonds.post(adapter, bondWei, "plan", "machine", "bundle", leavesOf(adapter, (which % ADAPTERS) + 1));
        posted += bondWei;
    }

    function draw(uint8 which, uint16 blocks) external {
        bytes32 adapter = adapterOf(which);
        vm.roll(block.number + (blocks % 300) + 1);
        IRetrainBond.Bond memory b = bonds.bond(adapter);
        if (b.poster == address(0) || b.drawn != 0 || block.number <= b.drawBlock) return;
        if (block.number > b.drawBlock + 256) bonds.moveDraw(adapter);
        else bonds.draw(adapter, leavesOf(adapter, (which % ADAPTERS) + 1));
    }

    /// @dev A whole round of some reporters, so that runs get to verdicts.
    function round(uint8 which, uint8 slotBit, uint8[4] calldata said, uint8 opened) external {
        (bytes32 adapter, uint256 slot) = (adapterOf(which), slotBit % 2);
        if (outcome(adapter, slot) != IRetrainBond.Outcome.Open) return;
        if (block.timestamp >= bonds.caseOf(adapter, slot).commitEnds) {
            resolve(which, slotBit, 7200);
            return;
        }
        bool[4] memory fresh;
        for (uint256 i = 0; i < REPORTERS; i++) {
            if (said[i] > 200 || bonds.reportOf(adapter, slot, reporterOf(i)).seal != 0) continue;
            fresh[i] = true;
            seal(adapter, slot, reporterOf(i), saidOf(adapter, slot, said[i]));
            reported += REPORT_BOND;
        }
        untilOpening(adapter, slot);
        for (uint256 i = 0; i < REPORTERS; i++) {
            if (fresh[i] && (opened >> i) & 1 == 1) open(adapter, slot, reporterOf(i), saidOf(adapter, slot, said[i]));
        }
        resolve(which, slotBit, 7200);
    }

    function resolve(uint8 which, uint8 slotBit, uint16 seconds_) public {
        (bytes32 adapter, uint256 slot) = (adapterOf(which), slotBit % 2);
        vm.warp(block.timestamp + seconds_);
        IRetrainBond.Case memory c = bonds.caseOf(adapter, slot);
        if (c.outcome != IRetrainBond.Outcome.Open || block.timestamp < c.revealEnds) return;
        bonds.resolve(adapter, slot);
        IRetrainBond.Outcome now_ = outcome(adapter, slot);
        if (now_ == IRetrainBond.Outcome.Open) return;
        if (seen[adapter][slot] != IRetrainBond.Outcome.None) endedAgain = true;
        seen[adapter][slot] = now_;
        ended++;
    }

    function settleAndWithdraw(uint8 which, uint8 slotBit, uint8 who, bool take) external {
        (bytes32 adapter, uint256 slot, address reporter) = (adapterOf(which), slotBit % 2, reporterOf(who));
        IRetrainBond.Report memory r = bonds.reportOf(adapter, slot, reporter);
        if (r.seal != 0 && !r.settled && outcome(adapter, slot) > IRetrainBond.Outcome.Open) {
            bonds.settle(adapter, slot, reporter);
        }
        address account = who % 6 == 4 ? TREASURY : who % 6 == 5 ? address(this) : reporter;
        if (take && bonds.payableWei(account) != 0) withdrawn += bonds.withdraw(account);
    }

    function checkConserved() external view {
        uint256 owed = bonds.payableWei(TREASURY) + bonds.payableWei(address(this));
        for (uint256 i = 0; i < REPORTERS; i++) owed += bonds.payableWei(reporterOf(i));
        for (uint256 a = 0; a < ADAPTERS; a++) {
            bytes32 adapter = adapterOf(a);
            owed += bonds.bond(adapter).lockedWei;
            for (uint256 slot = 0; slot < 2; slot++) {
                IRetrainBond.Case memory c = bonds.caseOf(adapter, slot);
                if (c.outcome == IRetrainBond.Outcome.Open) owed += uint256(c.reports) * REPORT_BOND;
                for (uint256 i = 0; i < REPORTERS; i++) owed += bonds.dueWei(adapter, slot, reporterOf(i));
            }
        }
        check(token.balanceOf(address(bonds)) == owed, "balance = bonds at stake + due + payable");
        check(token.balanceOf(address(bonds)) == posted + reported - withdrawn, "in - out");
        check(token.totalSupply() == SUPPLY, "supply");
        check(!endedAgain, "a case ends once");
    }

    function checkSlashed() external view {
        for (uint256 a = 0; a < ADAPTERS; a++) {
            bytes32 adapter = adapterOf(a);
            IRetrainBond.Bond memory b = bonds.bond(adapter);
            bool isUpheld;
            for (uint256 slot = 0; slot < 2; slot++) {
                IRetrainBond.Case memory c = bonds.caseOf(adapter, slot);
                if (c.outcome == IRetrainBond.Outcome.Upheld) isUpheld = true;
                if (c.outcome == IRetrainBond.Outcome.Attested) check(c.leader == c.committed, "attested as committed");
                if (c.outcome == IRetrainBond.Outcome.Upheld) check(c.leader != c.committed && c.round >= 2, "upheld");
                check(c.revealed <= c.reports, "opened <= sealed");
            }
            check(b.slashed == isUpheld, "slashed exactly where an objection was upheld");
            if (b.drawn != 0 && b.open == 0) check(b.lockedWei == 0, "nothing stays locked");
        }
    }
}

contract BondInvariants {
    BondHandler private handler;

    function setUp() public {
        handler = new BondHandler();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function invariant_bondsAreConserved() public view {
        handler.checkConserved();
    }

    function invariant_slashedWhereUpheld() public view {
        handler.checkSlashed();
    }
}
