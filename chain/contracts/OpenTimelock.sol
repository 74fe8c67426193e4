// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {AccessControlEnumerable} from "@openzeppelin/contracts/access/extensions/AccessControlEnumerable.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title The only admin of all contracts, and the treasury.
/// @notice What the governor's voters decided waits here before anybody may execute it. The timelock is its own admin
/// and nobody else is; the governor alone proposes and cancels. Roles are enumerable, to be read back on chain.
/// Tokens that arrive stay here until a proposal sends them on.
contract OpenTimelock is TimelockController, AccessControlEnumerable {
    /// @param minDelaySeconds From queueing to execution, at least.
    /// @param governor The only one who may queue and cancel.
    constructor(uint256 minDelaySeconds, address governor)
        TimelockController(minDelaySeconds, _only(governor), _only(address(0)), address(0))
    {}

    function supportsInterface(bytes4 id) public view override(TimelockController, AccessControlEnumerable) returns (bool) {
        return super.supportsInterface(id);
    }

    function _grantRole(bytes32 role, address account) internal override(AccessControl, AccessControlEnumerable) returns (bool) {
        return super._grantRole(role, account);
    }

    function _revokeRole(bytes32 role, address account) internal override(AccessControl, AccessControlEnumerable) returns (bool) {
        return super._revokeRole(role, account);
    }

    function _only(address account) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }
}
