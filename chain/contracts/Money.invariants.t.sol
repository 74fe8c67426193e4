// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IFeeEscrow} from "./IFeeEscrow.sol";
import {IRewardVault} from "./IRewardVault.sol";
import {TestSystem} from "./test/TestSystem.sol";
import {vm} from "./test/Vm.sol";

/// @title Does at random what operator, payees and forgers can do, and keeps its own books.
contract MoneyHandler is TestSystem {
    uint256[4] public cumulative;
    uint256[4] private pending;
    uint256 public feesIn;
    uint256 public vaultIn;
    uint256 public treasuryIn;
    uint256 public poolsIn;
    uint256 public paid;
    uint256[4] public paidTo;
    uint256[4] public highest;
    uint256 public withdrawn;
    bool public forgedPaid;
    bool public rewritten;
    bytes32[] private finalRoots;

    constructor() {
        deploy();
    }

    function receiveFees(uint64 amount) external {
        token.transfer(address(fees), amount);
        feesIn += amount;
    }

    function closeEpoch(uint16 vaultShare, uint16 treasuryShare) external {
        uint256 here = token.balanceOf(address(fees));
        uint128 toVault = uint128((here * vaultShare) / 65_536);
        uint256 ceiling = (uint256(toVault) * CEILING_PPM) / 1e6;
        uint256 rest = here - toVault < ceiling ? here - toVault : ceiling;
        uint128 toTreasury = uint128((rest * treasuryShare) / 65_536);
        uint128 toPool = (uint128(rest) - toTreasury) / 2;
        IFeeEscrow.PoolPart[] memory parts = new IFeeEscrow.PoolPart[](toPool == 0 ? 0 : 1);
        if (toPool != 0) parts[0] = IFeeEscrow.PoolPart("datanet", toPool);
        fees.closeEpoch(fees.lastClosed() + 1, toVault, 0, toTreasury, parts);
        vaultIn += toVault;
        treasuryIn += toTreasury;
        poolsIn += toPool;
    }

    /// @dev A new tree within what came in; each payee's part grows or stays.
    function propose(uint16[4] calldata shares) external {
        uint64 epoch = vault.finalEpoch() + 1;
        if (vault.rootOf(epoch).root != 0) return;
        uint256 free = vaultIn - sum(cumulative);
        for (uint256 i = 0; i < 4; i++) pending[i] = cumulative[i] + (free * shares[i]) / 262_144;
        vault.propose(epoch, rootOf(pending), uint128(sum(pending)), "evidence");
    }

    /// @dev A whole epoch at once, so that runs get far: claims of several epochs are what the books are for.
    function wholeEpoch(uint64 amount, uint16[4] calldata shares) external {
        this.receiveFees(amount);
        this.closeEpoch(60_000, 30_000);
        this.propose(shares);
        this.finalise(uint16(WINDOW));
    }

    function withdrawProposal() external {
        uint64 epoch = vault.finalEpoch() + 1;
        if (vault.rootOf(epoch).root != 0 && vault.proposal().heldAt == 0) vault.withdrawProposal(epoch);
    }

    function finalise(uint16 seconds_) external {
        vm.warp(block.timestamp + seconds_);
        uint64 epoch = vault.finalEpoch() + 1;
        uint64 proposedAt = vault.proposal().proposedAt;
        if (proposedAt == 0 || vault.proposal().heldAt != 0 || block.timestamp < proposedAt + WINDOW) return;
        vault.finalise(epoch);
        cumulative = pending;
        finalRoots.push(vault.rootOf(epoch).root);
    }

    function holdOrRelease(bool forGood) external {
        IRewardVault.Proposal memory p = vault.proposal();
        if (p.epoch == 0) return;
        if (p.heldAt != 0) {
            vm.prank(DISPUTES);
            vault.release(p.epoch, forGood);
        } else if (!p.closed && block.timestamp < p.finalFrom) {
            vm.prank(DISPUTES);
            vault.hold(p.epoch);
        }
    }

    function claim(uint8 members) external {
        if (vault.finalEpoch() == 0) return;
        paid += claimBatch(cumulative, 1 + (members % 15));
        for (uint256 i = 0; i < 4; i++) {
            uint256 has = vault.claimedOf(payee(i));
            if (has < highest[i]) rewritten = true;
            paidTo[i] += has - highest[i];
            highest[i] = has;
        }
    }

    /// @dev One claim of a batch is for another amount.
    function forge(uint8 members, uint8 which, uint128 amount) external {
        if (vault.finalEpoch() == 0) return;
        (IRewardVault.Claim[] memory claims, bytes32[] memory proof, uint256[] memory flags) =
            batchOf(cumulative, 1 + (members % 15));
        IRewardVault.Claim memory forged = claims[which % claims.length];
        if (forged.cumulativeWei == amount) return;
        forged.cumulativeWei = amount;
        try vault.claimMany(claims, proof, flags) {
            forgedPaid = true;
        } catch {}
    }

    function bindAndWithdraw(uint8 who) external {
        uint256 i = 2 + (who % 2);
        if (payees.boundTo(payee(i)) == address(0)) {
            uint256 end = block.timestamp;
            bytes32 domain = keccak256(
                abi.encode(
                    keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                    keccak256("Tributary PayeeEscrow"),
                    keccak256("1"),
                    block.chainid,
                    address(payees)
                )
            );
            address account = address(uint160(0xD0D0 + i));
            bytes32 message = keccak256(
                abi.encode(keccak256("Bind(bytes32 payee,address account,uint256 deadline)"), payee(i), account, end)
            );
            (uint8 v, bytes32 r, bytes32 s) =
                vm.sign(STEWARD_KEY, keccak256(abi.encodePacked(hex"1901", domain, message)));
            payees.bind(payee(i), account, end, vm.addr(STEWARD_KEY), abi.encodePacked(r, s, v));
        }
        if (payees.balanceOf(payee(i)) > 0) withdrawn += payees.withdraw(payee(i));
    }

    function checkMoney() external view {
        check(token.totalSupply() == SUPPLY, "supply conserved");
        check(token.balanceOf(address(fees)) == feesIn - vaultIn - treasuryIn - poolsIn, "fee escrow = in - out");
        check(token.balanceOf(TREASURY) == treasuryIn, "treasury");
        check(treasuryIn * 1e6 <= (vaultIn + treasuryIn + poolsIn) * (CEILING_PPM + 1), "treasury under its ceiling");
        check(token.balanceOf(address(vault)) == vaultIn - paid, "vault = in - paid");
        check(vault.claimedWei() == paid, "claimed = paid");
        check(vault.receivedWei() == vaultIn, "received");
        check(token.balanceOf(address(pools)) == poolsIn && pools.totalWei() == poolsIn, "pools");
    }

    function checkClaims() external view {
        uint256 total = vault.totalWei();
        check(paid <= total && total <= vaultIn, "claimed <= cumulative <= received");
        check(total == sum(cumulative), "total");
        for (uint256 i = 0; i < 4; i++) {
            check(paidTo[i] == vault.claimedOf(payee(i)) && paidTo[i] <= cumulative[i], "each below its leaf");
        }
        check(token.balanceOf(address(uint160(uint256(payee(0))))) == paidTo[0], "address 0 has it");
        check(token.balanceOf(address(uint160(uint256(payee(1))))) == paidTo[1], "address 1 has it");
        check(!forgedPaid, "no forged leaf paid");
        check(!rewritten, "no account fell");
    }

    function checkAccounts() external view {
        uint256 accounts = payees.balanceOf(payee(2)) + payees.balanceOf(payee(3));
        check(token.balanceOf(address(payees)) == accounts, "accounts are backed to the wei");
        check(paidTo[2] + paidTo[3] == accounts + withdrawn, "credited = held + withdrawn");
    }

    function checkRoots() external view {
        check(finalRoots.length == vault.finalEpoch(), "one final root an epoch");
        for (uint64 i = 0; i < finalRoots.length; i++) {
            check(vault.rootOf(i + 1).root == finalRoots[i], "a final root is never rewritten");
        }
    }

    function sum(uint256[4] memory c) private pure returns (uint256) {
        return c[0] + c[1] + c[2] + c[3];
    }
}

contract MoneyInvariants {
    MoneyHandler private handler;

    function setUp() public {
        handler = new MoneyHandler();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function invariant_moneyIsConserved() public view {
        handler.checkMoney();
    }

    function invariant_claimedCumulativeReceived() public view {
        handler.checkClaims();
    }

    function invariant_accountsAreBacked() public view {
        handler.checkAccounts();
    }

    function invariant_finalRootsStay() public view {
        handler.checkRoots();
    }
}
