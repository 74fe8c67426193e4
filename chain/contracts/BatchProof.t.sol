// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {BatchProof} from "./merkle/BatchProof.sol";
import {TestTree} from "./test/TestTree.sol";
import {vm} from "./test/Vm.sol";

/// @title Our proof of a batch beside OpenZeppelin's multiproof.
contract BatchProofTest {
    struct Batch {
        bytes32 root;
        bytes32[] leaves;
        bytes32[] proof;
        bool[] flags;
    }

    function testFuzz_itAcceptsEveryBatchThatOpenZeppelinAccepts(uint16 size, uint256 seed, uint256 members) public view {
        Batch memory b = batch(size, seed, members);
        check(ours(b.leaves, b.proof, TestTree.packed(b.flags), b.root), "ours");
        check(theirs(b.leaves, b.proof, b.flags, b.root), "theirs");
        check(!ours(b.leaves, b.proof, TestTree.packed(b.flags), ~b.root), "another root");
    }

    /// @dev One hash, flag or place changed, one more or one less: refused. Theirs may pass two leaves that changed places.
    function testFuzz_aBatchThatIsNotTheTreesIsRefused(uint16 size, uint256 seed, uint256 members, uint8 how, uint256 where)
        public
        view
    {
        Batch memory b = batch(size, seed, members);
        uint256[] memory words = TestTree.packed(b.flags);
        how %= 8;
        if (how == 0) {
            b.leaves[where % b.leaves.length] ^= bytes32(uint256(1) << (where % 256));
        } else if (how == 1) {
            vm.assume(b.proof.length > 0);
            b.proof[where % b.proof.length] ^= bytes32(uint256(1) << (where % 256));
        } else if (how == 2) {
            vm.assume(b.flags.length > 0);
            uint256 at = where % b.flags.length;
            words[at / 256] ^= 1 << (at % 256);
        } else if (how == 3) {
            vm.assume(b.leaves.length > 1);
            uint256 at = where % (b.leaves.length - 1);
            (b.leaves[at], b.leaves[at + 1]) = (b.leaves[at + 1], b.leaves[at]);
        } else if (how == 4) {
            vm.assume(b.leaves.length > 1);
            uint256 at = where % (b.leaves.length - 1);
            b.leaves[at] = b.leaves[at + 1];
        } else if (how == 5) {
            vm.assume(b.proof.length > 0);
            b.proof = TestTree.cut(b.proof, b.proof.length - 1);
        } else if (how == 6) {
            b.proof = oneMore(b.proof, bytes32(where));
        } else {
            b.leaves = oneMore(b.leaves, bytes32(type(uint256).max - (where >> 8)));
        }
        check(!ours(b.leaves, b.proof, words, b.root), "refused");
    }

    /// @dev Whatever the flags: what ours takes, theirs takes.
    function testFuzz_itAcceptsNothingThatOpenZeppelinRefuses(uint8 leaves, uint8 proofs, uint256 flags, uint256 seed) public view {
        bytes32[] memory queue = hashes(1 + (leaves % 9), seed);
        bytes32[] memory proof = hashes(proofs % 9, ~seed);
        TestTree.sort(queue);
        uint256[] memory words = new uint256[](1);
        words[0] = flags;
        bool[] memory bits = TestTree.unpacked(words, queue.length + proof.length - 1);
        try this.rootOf(queue, proof, bits) returns (bytes32 root) {
            check(ours(queue, proof, words, root), "both");
        } catch {
            // The root that our steps come to is unknown here: no root of theirs means that flags and proof do not fit.
            for (uint256 i = 0; i < proof.length; i++) check(!ours(queue, proof, words, proof[i]), "neither");
            check(!ours(queue, proof, words, 0), "nor what is not written yet");
        }
    }

    function test_oneLeafNeedsNoFlagsAndATreeOfOneLeafNoProof() public view {
        Batch memory b = batch(399, 7, 0);
        check(b.leaves.length == 1 && b.proof.length >= 8, "one of 400");
        check(ours(b.leaves, b.proof, new uint256[](0), b.root), "its way up");
        check(MerkleProof.verify(b.proof, b.root, b.leaves[0]), "as OpenZeppelin goes it");
        bytes32[] memory alone = hashes(1, 1);
        check(ours(alone, new bytes32[](0), new uint256[](0), alone[0]), "a tree of one");
        check(!ours(alone, new bytes32[](0), new uint256[](0), ~alone[0]), "of another");
    }

    function test_noLeafProvesNothingThoughOpenZeppelinTakesTheRootForItsOwnProof() public view {
        bytes32[] memory proof = hashes(1, 1);
        check(theirs(new bytes32[](0), proof, new bool[](0), proof[0]), "theirs");
        check(!ours(new bytes32[](0), proof, new uint256[](0), proof[0]), "ours");
        check(!ours(new bytes32[](0), new bytes32[](0), new uint256[](0), 0), "nor nothing at all");
    }

    function test_membersOfTwoLevelsAndOfMoreThan256StepsAreProven() public view {
        // Of six leaves four lie a level below the other two; the ranks 3 and 4 are neighbours across the levels.
        Batch memory b = batchOf(6, 1, ranksOf(3, 4));
        check(b.proof.length == 3 && ours(b.leaves, b.proof, TestTree.packed(b.flags), b.root), "two levels");
        Batch memory all = batch(399, 1, type(uint256).max);
        check(all.flags.length > 256, "two words of flags");
        uint256[] memory words = TestTree.packed(all.flags);
        check(ours(all.leaves, all.proof, words, all.root), "and both are read");
        words[1] ^= 1 << ((all.flags.length - 1) % 256);
        check(!ours(all.leaves, all.proof, words, all.root), "each as it stands");
        uint256[] memory first = new uint256[](1);
        first[0] = words[0];
        check(!ours(all.leaves, all.proof, first, all.root), "and none made up");
    }

    function test_aStepThatWouldReadWhatIsNotHashedYetIsRefused() public view {
        bytes32[] memory leaf = hashes(1, 1);
        bytes32[] memory proof = hashes(1, 2);
        uint256[] memory words = new uint256[](1);
        words[0] = 1;
        check(!ours(leaf, proof, words, TestTree.pair(leaf[0], 0)), "zero is no hash");
    }

    function test_aBatchOfAllLeavesNeedsNoProof() public view {
        Batch memory b = batchOf(2, 3, ranksOf(0, 1));
        check(b.proof.length == 0 && ours(b.leaves, b.proof, TestTree.packed(b.flags), b.root), "both");
    }

    /// @dev Members by the bits of a hash chain: none set takes one leaf, all set takes all.
    function batch(uint16 size, uint256 seed, uint256 members) private pure returns (Batch memory) {
        uint256 count = 1 + (size % 400);
        uint256[] memory ranks = new uint256[](count);
        uint256 taken;
        for (uint256 i = 0; i < count; i++) {
            bool all = members == type(uint256).max;
            if (all || (members != 0 && uint256(keccak256(abi.encode(members, i))) % 8 < members % 8)) ranks[taken++] = i;
        }
        if (taken == 0) ranks[taken++] = seed % count;
        uint256[] memory some = new uint256[](taken);
        for (uint256 i = 0; i < taken; i++) some[i] = ranks[i];
        return batchOf(count, seed, some);
    }

    function batchOf(uint256 count, uint256 seed, uint256[] memory ranks) private pure returns (Batch memory b) {
        bytes32[] memory nodes = TestTree.grow(hashes(count, seed));
        b.root = nodes[0];
        (b.leaves, b.proof, b.flags) = TestTree.prove(nodes, ranks);
    }

    function ranksOf(uint256 a, uint256 b) private pure returns (uint256[] memory ranks) {
        ranks = new uint256[](2);
        (ranks[0], ranks[1]) = (a, b);
    }

    function hashes(uint256 count, uint256 seed) private pure returns (bytes32[] memory list) {
        list = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) list[i] = keccak256(abi.encode(seed, i));
    }

    function oneMore(bytes32[] memory list, bytes32 last) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 i = 0; i < list.length; i++) longer[i] = list[i];
        longer[list.length] = last;
    }

    function ours(bytes32[] memory leaves, bytes32[] memory proof, uint256[] memory flags, bytes32 root) private view returns (bool) {
        return this.verify(leaves, proof, flags, root);
    }

    function verify(bytes32[] calldata leaves, bytes32[] calldata proof, uint256[] calldata flags, bytes32 root)
        external
        pure
        returns (bool)
    {
        bytes32[] memory queue = BatchProof.queueFor(leaves.length, proof);
        for (uint256 i = 0; i < leaves.length; i++) queue[i] = leaves[i];
        return BatchProof.verify(queue, leaves.length, proof, flags, root);
    }

    function theirs(bytes32[] memory leaves, bytes32[] memory proof, bool[] memory flags, bytes32 root) private view returns (bool) {
        return this.rootOf(leaves, proof, flags) == root;
    }

    function rootOf(bytes32[] memory leaves, bytes32[] calldata proof, bool[] calldata flags) external pure returns (bytes32) {
        return MerkleProof.processMultiProofCalldata(proof, flags, leaves);
    }

    function check(bool ok, string memory fact) private pure {
        require(ok, fact);
    }
}
