// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Accounts of payees who have no address yet.
/// @notice A payee such as `npm:zod` is keccak256 of its name. Its rewards wait here until the steward, having checked
/// a proof of control, signs that an address speaks for it. Nobody but that address is ever paid. Amounts in wei.
interface IPayeeEscrow {
    event Credited(bytes32 indexed payee, uint256 amountWei);
    event Bound(bytes32 indexed payee, address indexed account);
    event Withdrawn(bytes32 indexed payee, address indexed account, uint256 amountWei);

    error OnlyVault(address caller);
    error AlreadyBound(bytes32 payee, address account);
    error NotBound(bytes32 payee);
    error EmptyAccount();
    error Expired(uint256 deadline);
    error NotTheSteward();
    error NothingToWithdraw(bytes32 payee);

    function token() external view returns (IERC20);
    /// @return The only one who may credit accounts.
    function vault() external view returns (address);
    /// @return Whose signature binds a payee: a key or an ERC-1271 contract.
    function steward() external view returns (address);

    function balanceOf(bytes32 payee) external view returns (uint256);
    function boundTo(bytes32 payee) external view returns (address);

    /// @notice Adds to an account. Only the vault, which moves the same amount here in the same transaction.
    function credit(bytes32 payee, uint256 amountWei) external;

    /// @notice Binds a payee to an address, once. Anyone may bring the steward's EIP-712 signature over
    /// Bind(bytes32 payee,address account,uint256 deadline).
    function bind(bytes32 payee, address account, uint256 deadline, bytes calldata signature) external;

    /// @notice Pays the whole account to the bound address. Anyone may call.
    /// @return amountWei What was paid.
    function withdraw(bytes32 payee) external returns (uint256 amountWei);
}
