// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IDatanetPools} from "./IDatanetPools.sol";

/// @notice See {IDatanetPools}.
contract DatanetPools is IDatanetPools {
    using SafeERC20 for IERC20;

    IERC20 public immutable token;
    address public immutable escrow;
    address public immutable timelock;

    mapping(bytes32 datanet => uint256) public balanceOf;
    uint256 public totalWei;

    constructor(IERC20 token_, address escrow_, address timelock_) {
        token = token_;
        escrow = escrow_;
        timelock = timelock_;
    }

    /// @inheritdoc IDatanetPools
    function credit(bytes32 datanet, uint256 amountWei) external {
        if (msg.sender != escrow) revert OnlyEscrow(msg.sender);
        if (datanet == 0) revert EmptyDatanet();
        if (amountWei == 0) revert NothingToMove();
        balanceOf[datanet] += amountWei;
        totalWei += amountWei;
        emit Credited(datanet, amountWei, balanceOf[datanet]);
    }

    /// @inheritdoc IDatanetPools
    function spend(bytes32 datanet, address to, uint256 amountWei, bytes32 reason) external {
        if (msg.sender != timelock) revert OnlyTimelock(msg.sender);
        if (to == address(0)) revert EmptyReceiver();
        if (reason == 0) revert EmptyReason();
        if (amountWei == 0) revert NothingToMove();
        uint256 balanceWei = balanceOf[datanet];
        if (amountWei > balanceWei) revert PoolTooSmall(datanet, amountWei, balanceWei);
        balanceOf[datanet] = balanceWei - amountWei;
        totalWei -= amountWei;
        emit Spent(datanet, to, amountWei, reason);
        token.safeTransfer(to, amountWei);
    }
}
