// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The roles beside the admin's. Who holds them is for the timelock to say.
library Roles {
    /// @dev Proposes roots, closes epochs, refunds, commits batches, publishes versions, registers models.
    bytes32 internal constant OPERATOR = keccak256("OPERATOR_ROLE");
    /// @dev Stops the posting of roots; claims go on.
    bytes32 internal constant PAUSER = keccak256("PAUSER_ROLE");
    /// @dev Says which address speaks for a payee that is a name.
    bytes32 internal constant STEWARD = keccak256("STEWARD_ROLE");
    /// @dev Decides disputes.
    bytes32 internal constant RESOLVER = keccak256("RESOLVER_ROLE");
    /// @dev The contract that holds roots and takes stakes: Disputes.
    bytes32 internal constant DISPUTES = keccak256("DISPUTES_ROLE");
}
