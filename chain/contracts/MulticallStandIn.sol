// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMulticall} from "./IMulticall.sol";

/// @notice A stand-in for Multicall3, on chains on which that is not deployed (a local chain). See {IMulticall}.
contract MulticallStandIn is IMulticall {
    /// @inheritdoc IMulticall
    function tryAggregate(bool requireSuccess, Call[] calldata calls) external payable returns (Result[] memory results) {
        results = new Result[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool success, bytes memory returned) = calls[i].target.call(calls[i].callData);
            if (requireSuccess && !success) revert CallFailed(i);
            results[i] = Result(success, returned);
        }
    }
}
