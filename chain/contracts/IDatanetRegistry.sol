// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Commitments of contributors and versions of Datanets, append-only.
/// @notice A batch fixes who was first: its root covers salted commitments H(salt, payee, sample), revealed later.
/// A version fixes what is trained on: the root over its accepted samples.
interface IDatanetRegistry {
    /// @param datanet The Datanet's id.
    /// @param index Position among the batches, or versions, of this Datanet, from 0.
    /// @param blockNumber The block that recorded it; a seed is drawn from a later block's hash.
    struct Batch {
        bytes32 datanet;
        uint64 index;
        uint64 count;
        uint64 blockNumber;
    }

    /// @param licences Digest of the set of licence expressions in it.
    /// @param card Digest of the Datanet's card.
    /// @param samples Number of samples under the root.
    struct Version {
        bytes32 datanet;
        bytes32 licences;
        bytes32 card;
        uint64 index;
        uint64 samples;
        uint64 blockNumber;
    }

    event BatchCommitted(bytes32 indexed datanet, bytes32 indexed root, uint64 index, uint64 count);
    event VersionPublished(
        bytes32 indexed datanet, bytes32 indexed root, uint64 index, uint64 samples, bytes32 licences, bytes32 card
    );

    error EmptyRoot();
    error EmptySet();
    error AlreadyRecorded(bytes32 root);

    /// @notice Records a batch of commitments. Only an operator.
    function commitBatch(bytes32 datanet, bytes32 root, uint64 count) external;

    /// @notice Records a version. Only an operator. A root is recorded once over all Datanets and never changes.
    function publishVersion(bytes32 datanet, bytes32 root, bytes32 licences, bytes32 card, uint64 samples) external;

    /// @return The batch under this root; its block number is 0 where there is none.
    function batch(bytes32 root) external view returns (Batch memory);

    /// @return The version under this root; its block number is 0 where there is none.
    function version(bytes32 root) external view returns (Version memory);

    function batchCount(bytes32 datanet) external view returns (uint64);

    function versionCount(bytes32 datanet) external view returns (uint64);
}
