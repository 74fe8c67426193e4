// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The part of Multicall3 by which x402's package reads several things at once.
interface IMulticall {
    struct Call {
        address target;
        bytes callData;
    }

    struct Result {
        bool success;
        bytes returnData;
    }

    error CallFailed(uint256 index);

    /// @notice Makes the calls one after the other. @param requireSuccess Whether one that fails fails all.
    function tryAggregate(bool requireSuccess, Call[] calldata calls) external payable returns (Result[] memory);
}
