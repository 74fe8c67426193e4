// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatanetRegistry} from "./IDatanetRegistry.sol";
import {Governed} from "./access/Governed.sol";
import {Roles} from "./access/Roles.sol";

/// @notice See {IDatanetRegistry}.
contract DatanetRegistry is IDatanetRegistry, Governed {
    mapping(bytes32 root => Batch) private _batches;
    mapping(bytes32 root => Version) private _versions;
    mapping(bytes32 datanet => uint64) public batchCount;
    mapping(bytes32 datanet => uint64) public versionCount;

    constructor(address timelock, address[] memory operators) Governed(timelock) {
        _grantAll(Roles.OPERATOR, operators);
    }

    /// @inheritdoc IDatanetRegistry
    function commitBatch(bytes32 datanet, bytes32 root, uint64 count) external onlyRole(Roles.OPERATOR) {
        if (root == 0) revert EmptyRoot();
        if (count == 0) revert EmptySet();
        if (_batches[root].blockNumber != 0) revert AlreadyRecorded(root);
        uint64 index = batchCount[datanet]++;
        _batches[root] = Batch(datanet, index, count, uint64(block.number));
        emit BatchCommitted(datanet, root, index, count);
    }

    /// @inheritdoc IDatanetRegistry
    function publishVersion(bytes32 datanet, bytes32 root, bytes32 licences, bytes32 card, uint64 samples)
        external
        onlyRole(Roles.OPERATOR)
    {
        if (root == 0) revert EmptyRoot();
        if (samples == 0) revert EmptySet();
        if (_versions[root].blockNumber != 0) revert AlreadyRecorded(root);
        uint64 index = versionCount[datanet]++;
        _versions[root] = Version(datanet, licences, card, index, samples, uint64(block.number));
        emit VersionPublished(datanet, root, index, samples, licences, card);
    }

    /// @inheritdoc IDatanetRegistry
    function batch(bytes32 root) external view returns (Batch memory) {
        return _batches[root];
    }

    /// @inheritdoc IDatanetRegistry
    function version(bytes32 root) external view returns (Version memory) {
        return _versions[root];
    }
}
