// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IOpenToken} from "./IOpenToken.sol";

/// @notice See {IOpenToken}.
contract OpenToken is IOpenToken, ERC20Permit, ERC20Votes, ERC3009 {
    /// @param holder Receives the whole supply.
    /// @param supplyWei The supply for ever, in wei of OPEN (18 decimals).
    constructor(address holder, uint256 supplyWei) ERC20("Tributary OPEN", "OPEN") ERC20Permit("Tributary OPEN") {
        _mint(holder, supplyWei);
    }

    /// @inheritdoc IOpenToken
    function version() external pure returns (string memory) {
        return "1";
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
