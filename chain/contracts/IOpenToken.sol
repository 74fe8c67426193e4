// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";

/// @title The token that pays, stakes and votes.
/// @notice ERC-20 with Permit (EIP-2612), Votes and transfers by signed authorisation (EIP-3009, random nonces).
/// The whole supply is minted once, at construction: there is no mint, no burn and no owner afterwards.
interface IOpenToken is IERC20, IERC3009 {
    /// @return The version of the EIP-712 domain, which payers sign.
    function version() external pure returns (string memory);
}
