// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Brings a payer's tokens into the contract of channels, by what the payer signed.
interface IDepositCollector {
    /// @param amount wei of `token`, exactly.
    /// @param data What the payer signed, as this collector reads it.
    function collect(address payer, address token, uint256 amount, bytes32 channelId, bytes calldata data) external;
}
