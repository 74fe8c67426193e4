// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The complete binary tree of @openzeppelin/merkle-tree and its multiproofs, written out slowly.
library TestTree {
    /// @dev Sorts the leaves in place. Node i has children 2i+1 and 2i+2; the leaves fill the end, smallest hash last.
    function grow(bytes32[] memory leaves) internal pure returns (bytes32[] memory nodes) {
        sort(leaves);
        nodes = new bytes32[](2 * leaves.length - 1);
        for (uint256 i = 0; i < leaves.length; i++) nodes[nodes.length - 1 - i] = leaves[i];
        for (uint256 i = leaves.length - 1; i > 0; i--) nodes[i - 1] = pair(nodes[2 * i - 1], nodes[2 * i]);
    }

    /// @param ranks Which leaves by their rank, ascending.
    function prove(bytes32[] memory nodes, uint256[] memory ranks)
        internal
        pure
        returns (bytes32[] memory leaves, bytes32[] memory proof, bool[] memory flags)
    {
        uint256[] memory queue = new uint256[](2 * nodes.length);
        leaves = new bytes32[](ranks.length);
        for (uint256 i = 0; i < ranks.length; i++) {
            queue[i] = nodes.length - 1 - ranks[i];
            leaves[i] = nodes[queue[i]];
        }
        bytes32[] memory beside = new bytes32[](nodes.length);
        bool[] memory joins = new bool[](nodes.length);
        uint256 steps;
        uint256 proofs;
        uint256 end = ranks.length;
        for (uint256 at = 0; queue[at] != 0; at++) {
            uint256 node = queue[at];
            uint256 sibling = node % 2 == 1 ? node + 1 : node - 1;
            joins[steps] = at + 1 < end && queue[at + 1] == sibling;
            if (joins[steps++]) at++;
            else beside[proofs++] = nodes[sibling];
            queue[end++] = (node - 1) / 2;
        }
        proof = cut(beside, proofs);
        flags = new bool[](steps);
        for (uint256 i = 0; i < steps; i++) flags[i] = joins[i];
    }

    function packed(bool[] memory flags) internal pure returns (uint256[] memory words) {
        words = new uint256[]((flags.length + 255) / 256);
        for (uint256 i = 0; i < flags.length; i++) if (flags[i]) words[i / 256] |= 1 << (i % 256);
    }

    function unpacked(uint256[] memory words, uint256 count) internal pure returns (bool[] memory flags) {
        flags = new bool[](count);
        for (uint256 i = 0; i < count; i++) flags[i] = i / 256 < words.length && (words[i / 256] >> (i % 256)) & 1 == 1;
    }

    function cut(bytes32[] memory list, uint256 count) internal pure returns (bytes32[] memory start) {
        start = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) start[i] = list[i];
    }

    function sort(bytes32[] memory list) internal pure {
        for (uint256 i = 1; i < list.length; i++) {
            bytes32 one = list[i];
            uint256 at = i;
            for (; at > 0 && list[at - 1] > one; at--) list[at] = list[at - 1];
            list[at] = one;
        }
    }

    function pair(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }
}
