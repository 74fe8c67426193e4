// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title What nobody could be shown to have earned, by Datanet, for governance to spend.
/// @notice Amounts in wei; nothing is rounded. Tokens that take a fee on transfers are not supported. What somebody
/// sends here without the escrow belongs to no pool and stays.
interface IDatanetPools {
    event Credited(bytes32 indexed datanet, uint256 amountWei, uint256 balanceWei);
    event Spent(bytes32 indexed datanet, address indexed to, uint256 amountWei, bytes32 reason);

    error OnlyEscrow(address sender);
    error OnlyTimelock(address sender);
    error EmptyDatanet();
    error EmptyReceiver();
    error EmptyReason();
    error NothingToMove();
    error PoolTooSmall(bytes32 datanet, uint256 amountWei, uint256 balanceWei);

    function token() external view returns (IERC20);
    /// @return The only one who credits pools.
    function escrow() external view returns (address);
    /// @return The only one who spends them.
    function timelock() external view returns (address);

    /// @return What this pool holds.
    function balanceOf(bytes32 datanet) external view returns (uint256);
    /// @return What all pools hold.
    function totalWei() external view returns (uint256);

    /// @notice Adds to a pool. Only the escrow, which moves the same amount here in the same transaction.
    function credit(bytes32 datanet, uint256 amountWei) external;

    /// @notice Pays out of a pool. Only the timelock. @param reason Digest of what the voters were told it is for.
    function spend(bytes32 datanet, address to, uint256 amountWei, bytes32 reason) external;
}
