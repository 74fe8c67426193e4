// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {DatanetPools} from "../DatanetPools.sol";
import {FeeEscrow} from "../FeeEscrow.sol";
import {IRewardVault} from "../IRewardVault.sol";
import {OpenToken} from "../OpenToken.sol";
import {PayeeEscrow} from "../PayeeEscrow.sol";
import {RewardVault} from "../RewardVault.sol";
import {TestTree} from "./TestTree.sol";
import {vm} from "./Vm.sol";

/// @title All money contracts wired as in a deployment, with this contract as operator, and trees of four leaves.
contract TestSystem {
    uint256 internal constant SUPPLY = 1e30;
    uint256 internal constant WINDOW = 1 hours;
    uint256 internal constant CEILING_PPM = 300_000;
    uint256 internal constant STEWARD_KEY = 0x57E4A2D;
    uint256 internal constant PAYER_KEY = 0xB0B;
    uint256 internal constant OPERATORS_PPM = 400_000;
    uint256 internal constant CLOSING = 1 hours;
    uint256 internal constant RECOVERY = 3 days;
    /// @dev The timelock: admin of all roles, and the treasury.
    address internal constant TREASURY = address(0x7EA5);
    address internal constant DISPUTES = address(0xD15);

    OpenToken internal token;
    RewardVault internal vault;
    PayeeEscrow internal payees;
    FeeEscrow internal fees;
    DatanetPools internal pools;

    function deploy() internal {
        vm.warp(1_800_000_000);
        token = new OpenToken(address(this), SUPPLY);
        // Contracts are built with the addresses of others that come later.
        uint64 next = vm.getNonce(address(this));
        address vaultAt = vm.computeCreateAddress(address(this), next + 1);
        address feesAt = vm.computeCreateAddress(address(this), next + 3);
        address[] memory me = only(address(this));
        payees = new PayeeEscrow(token, vaultAt, TREASURY, only(vm.addr(STEWARD_KEY)), RECOVERY);
        vault = new RewardVault(token, payees, WINDOW, TREASURY, me, me, DISPUTES);
        pools = new DatanetPools(token, feesAt, TREASURY);
        fees = new FeeEscrow(token, vaultAt, pools, TREASURY, me, CEILING_PPM, OPERATORS_PPM, CLOSING);
        check(address(vault) == vaultAt && address(fees) == feesAt, "planned");
    }

    function only(address account) internal pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }

    /// @dev What AccessControl says to one without the role.
    function unauthorised(address account, bytes32 role) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, account, role);
    }

    /// @dev Payees 0 and 1 are addresses, 2 and 3 are names.
    function payee(uint256 i) internal pure returns (bytes32) {
        if (i < 2) return bytes32(uint256(0xA11CE00 + i));
        return keccak256(abi.encode("npm:", i));
    }

    function leaf(bytes32 who, uint256 cumulativeWei) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(who, cumulativeWei))));
    }

    function rootOf(uint256[4] memory c) internal pure returns (bytes32) {
        return TestTree.grow(leavesOf(c))[0];
    }

    function leavesOf(uint256[4] memory c) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](4);
        for (uint256 i = 0; i < 4; i++) leaves[i] = leaf(payee(i), c[i]);
    }

    /// @dev The claims of the payees whose bits are set, with the proof of the tree over c.
    function batchOf(uint256[4] memory c, uint256 members)
        internal
        pure
        returns (IRewardVault.Claim[] memory claims, bytes32[] memory proof, uint256[] memory flags)
    {
        bytes32[] memory nodes = TestTree.grow(leavesOf(c));
        uint256[] memory ranks = new uint256[](4);
        claims = new IRewardVault.Claim[](4);
        uint256 count;
        for (uint256 rank = 0; rank < 4; rank++) {
            uint256 i = 0;
            while (leaf(payee(i), c[i]) != nodes[6 - rank]) i++;
            if ((members >> i) & 1 == 0) continue;
            claims[count] = IRewardVault.Claim(payee(i), c[i]);
            ranks[count++] = rank;
        }
        assembly ("memory-safe") {
            mstore(claims, count)
            mstore(ranks, count)
        }
        bool[] memory joins;
        (, proof, joins) = TestTree.prove(nodes, ranks);
        flags = TestTree.packed(joins);
    }

    /// @dev The claim of payee i, for `wei_`, by the proof of the tree over c.
    function claimOf(uint256[4] memory c, uint256 i, uint256 wei_)
        internal
        pure
        returns (IRewardVault.Claim[] memory list, bytes32[] memory proof)
    {
        (list, proof,) = batchOf(c, 1 << i);
        list[0].cumulativeWei = wei_;
    }

    function claim(uint256[4] memory c, uint256 i, uint256 wei_) internal returns (uint256) {
        (IRewardVault.Claim[] memory list, bytes32[] memory proof) = claimOf(c, i, wei_);
        return vault.claimMany(list, proof, new uint256[](0));
    }

    function claimBatch(uint256[4] memory c, uint256 members) internal returns (uint256) {
        (IRewardVault.Claim[] memory claims, bytes32[] memory proof, uint256[] memory flags) = batchOf(c, members);
        return vault.claimMany(claims, proof, flags);
    }

    function check(bool ok, string memory fact) internal pure {
        require(ok, fact);
    }
}
