// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatanetRegistry} from "./IDatanetRegistry.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {IRuleRegistry} from "./IRuleRegistry.sol";
import {Governed} from "./access/Governed.sol";
import {Roles} from "./access/Roles.sol";

/// @notice See {IModelRegistry}.
contract ModelRegistry is IModelRegistry, Governed {
    IDatanetRegistry public immutable datanets;
    IRuleRegistry public immutable rules;
    mapping(bytes32 adapter => Model) private _models;

    constructor(IDatanetRegistry datanets_, IRuleRegistry rules_, address timelock, address[] memory operators)
        Governed(timelock)
    {
        datanets = datanets_;
        rules = rules_;
        _grantAll(Roles.OPERATOR, operators);
    }

    /// @inheritdoc IModelRegistry
    function register(bytes32 adapter, Model calldata m) external onlyRole(Roles.OPERATOR) {
        if (adapter == 0 || m.base == 0 || m.recipe == 0 || m.counterfactuals == 0) revert EmptyDigest();
        if (m.modelOwner == address(0)) revert EmptyOwner();
        if (_models[adapter].blockNumber != 0) revert AlreadyRegistered(adapter);
        if (datanets.version(m.datanet).blockNumber == 0) revert UnknownDatanet(m.datanet);
        if (!rules.isAdopted(IRuleRegistry.Kind.RevenueRule, m.rule)) revert RuleNotAdopted(m.rule);
        _models[adapter] = m;
        _models[adapter].blockNumber = uint64(block.number);
        emit ModelRegistered(adapter, m.datanet, m.base, m.counterfactuals);
    }

    /// @inheritdoc IModelRegistry
    function model(bytes32 adapter) external view returns (Model memory) {
        return _models[adapter];
    }
}
