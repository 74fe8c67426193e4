// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatanetRegistry} from "./IDatanetRegistry.sol";
import {IRuleRegistry} from "./IRuleRegistry.sol";

/// @title Adapters and what they were made of, append-only.
interface IModelRegistry {
    /// @param base Digest of the base model's file.
    /// @param datanet Root of the published Datanet version that it was trained on.
    /// @param recipe Digest of the training recipe: order, seed, optimiser.
    /// @param counterfactuals Root over the digests of the counterfactual adapters: fixed before an answer is scored.
    /// @param card Digest of the model's card.
    /// @param licences Digest of the set of licence expressions that its use is bound to.
    /// @param rule Digest of the revenue rule its fees are split by: one that governance adopted, now or before.
    /// @param modelOwner Receives the model owner's part.
    /// @param blockNumber The block that recorded it, set by the contract.
    struct Model {
        bytes32 base;
        bytes32 datanet;
        bytes32 recipe;
        bytes32 counterfactuals;
        bytes32 card;
        bytes32 licences;
        bytes32 rule;
        address modelOwner;
        uint64 blockNumber;
    }

    event ModelRegistered(bytes32 indexed adapter, bytes32 indexed datanet, bytes32 base, bytes32 counterfactuals);

    error EmptyDigest();
    error EmptyOwner();
    error UnknownDatanet(bytes32 root);
    error RuleNotAdopted(bytes32 rule);
    error AlreadyRegistered(bytes32 adapter);

    /// @return The registry that knows the Datanet versions.
    function datanets() external view returns (IDatanetRegistry);

    /// @return The registry that knows the adopted rules.
    function rules() external view returns (IRuleRegistry);

    /// @notice Records an adapter under its digest. Only an operator. Never changes afterwards.
    function register(bytes32 adapter, Model calldata model) external;

    /// @return The record; its block number is 0 where there is none.
    function model(bytes32 adapter) external view returns (Model memory);
}
