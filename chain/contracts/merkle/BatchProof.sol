// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title One proof for many leaves of one Merkle tree of sorted pairs.
/// @notice The multiproof of OpenZeppelin's MerkleProof and @openzeppelin/merkle-tree, with its flags packed into bits: as words they
/// would cost a quarter of what the hashes do. Leaves stand in a queue; each step hashes the first of it with the next of it
/// (flag 1) or with the next of the proof (flag 0) and appends the result; the last result is the root.
/// @dev Stricter than OpenZeppelin's where it costs nothing: leaves ascend, so that a batch has one order and no leaf twice,
/// and no step reads what is not hashed yet. Leaves must be hashes of something else than 64 bytes, or a node would pass for one.
library BatchProof {
    /// @return queue Room for so many leaves, which the caller writes, and for every hash above them.
    function queueFor(uint256 leaves, bytes32[] calldata proof) internal pure returns (bytes32[] memory queue) {
        return new bytes32[](leaves == 0 ? 0 : 2 * leaves + proof.length - 1);
    }

    /// @param queue As queueFor gave it, the leaves at its start. Written over behind them.
    /// @param flags Bit i of word j is the flag of step 256 j + i; where words end, flags are 0: one leaf needs none.
    function verify(bytes32[] memory queue, uint256 leaves, bytes32[] calldata proof, uint256[] calldata flags, bytes32 root)
        internal
        pure
        returns (bool)
    {
        if (leaves == 0) return false;
        for (uint256 i = 1; i < leaves; i++) {
            if (queue[i] <= queue[i - 1]) return false;
        }
        return _climb(queue, leaves, proof, flags) && queue[queue.length - 1] == root;
    }

    /// @dev Writes the hashes. False where flags ask for more than there is; none of the proof is left over then, since of so many
    /// steps only as many can join two of the queue as there are leaves but one. In assembly: a hundred leaves of a million
    /// have 1,300 hashes beside them, and checked reads would cost more than those.
    function _climb(bytes32[] memory queue, uint256 leaves, bytes32[] calldata proof, uint256[] calldata flags)
        private
        pure
        returns (bool fits)
    {
        assembly ("memory-safe") {
            let taken := add(queue, 0x20)
            let end := add(taken, shl(5, mload(queue)))
            let written := add(taken, shl(5, leaves))
            let beside := proof.offset
            let besideEnd := add(beside, shl(5, proof.length))
            let bits := 0
            fits := true
            for { let step := 0 } lt(written, end) { step := add(step, 1) } {
                if iszero(and(step, 0xff)) {
                    bits := 0
                    if lt(shr(8, step), flags.length) { bits := calldataload(add(flags.offset, shr(3, step))) }
                }
                let left := mload(taken)
                let right
                taken := add(taken, 0x20)
                switch and(bits, 1)
                case 0 {
                    if eq(beside, besideEnd) {
                        fits := false
                        break
                    }
                    right := calldataload(beside)
                    beside := add(beside, 0x20)
                }
                default {
                    if eq(taken, written) {
                        fits := false
                        break
                    }
                    right := mload(taken)
                    taken := add(taken, 0x20)
                }
                switch lt(left, right)
                case 0 {
                    mstore(0x00, right)
                    mstore(0x20, left)
                }
                default {
                    mstore(0x00, left)
                    mstore(0x20, right)
                }
                mstore(written, keccak256(0x00, 0x40))
                written := add(written, 0x20)
                bits := shr(1, bits)
            }
        }
    }
}
