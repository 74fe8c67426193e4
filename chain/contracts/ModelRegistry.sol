// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IDatanetRegistry} from "./IDatanetRegistry.sol";
import {IModelRegistry} from "./IModelRegistry.sol";

/// @notice See {IModelRegistry}.
contract ModelRegistry is IModelRegistry, Ownable {
    IDatanetRegistry public immutable datanets;
    mapping(bytes32 adapter => Model) private _models;

    constructor(IDatanetRegistry datanets_, address owner) Ownable(owner) {
        datanets = datanets_;
    }

    /// @inheritdoc IModelRegistry
    function register(bytes32 adapter, Model calldata m) external onlyOwner {
        if (adapter == 0 || m.base == 0 || m.recipe == 0 || m.counterfactuals == 0 || m.rule == 0) revert EmptyDigest();
        if (m.modelOwner == address(0)) revert EmptyOwner();
        if (_models[adapter].blockNumber != 0) revert AlreadyRegistered(adapter);
        if (datanets.version(m.datanet).blockNumber == 0) revert UnknownDatanet(m.datanet);
        _models[adapter] = m;
        _models[adapter].blockNumber = uint64(block.number);
        emit ModelRegistered(adapter, m.datanet, m.base, m.counterfactuals);
    }

    /// @inheritdoc IModelRegistry
    function model(bytes32 adapter) external view returns (Model memory) {
        return _models[adapter];
    }
}
