// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControlEnumerable} from "@openzeppelin/contracts/access/extensions/AccessControlEnumerable.sol";

/// @title A contract whose roles the timelock gives and takes, from the constructor on.
/// @notice Roles are enumerable, so that anybody can read on chain who holds what.
abstract contract Governed is AccessControlEnumerable {
    error EmptyTimelock();

    /// @param timelock The only admin of every role: holds DEFAULT_ADMIN_ROLE.
    constructor(address timelock) {
        if (timelock == address(0)) revert EmptyTimelock();
        _grantRole(DEFAULT_ADMIN_ROLE, timelock);
    }

    /// @dev For constructors: the holders of a role at genesis.
    function _grantAll(bytes32 role, address[] memory accounts) internal {
        for (uint256 i = 0; i < accounts.length; i++) _grantRole(role, accounts[i]);
    }
}
