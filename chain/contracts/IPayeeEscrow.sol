// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Accounts of payees who have no address yet.
/// @notice A payee such as `npm:zod` is keccak256 of its name. Its rewards wait here until a steward, having checked a
/// proof of control, signs that an address speaks for it. Nobody but that address is ever paid. Amounts in wei; nothing
/// is rounded. Tokens that take a fee on transfers are not supported.
///
/// Two names of one payee can be merged: what the alias has and gets goes to the other's account. An address whose key
/// is lost can be replaced: a steward's request waits `recoverySeconds`, and the bound address can cancel it until it
/// is finished. Meanwhile only that address itself can withdraw, so that nobody sends the money to a lost key.
/// All signatures are EIP-712 of the domain ("Tributary PayeeEscrow", "1"), of a key or an ERC-1271 contract:
///   Bind(bytes32 payee,address account,uint256 deadline)
///   Merge(bytes32 alias,bytes32 into,uint256 deadline)
///   Recover(bytes32 payee,address account,uint256 nonce,uint256 deadline)
interface IPayeeEscrow {
    /// @param account Replaces the bound address. @param readyAt From when it can be finished, in seconds; 0 where none
    /// is asked for. @param steward Who signed it, and has to be a steward still when it is finished.
    struct Recovery {
        address account;
        uint64 readyAt;
        address steward;
    }

    event Credited(bytes32 indexed payee, uint256 amountWei);
    event Bound(bytes32 indexed payee, address indexed account);
    event Merged(bytes32 indexed aliased, bytes32 indexed into, uint256 movedWei);
    event RecoveryRequested(bytes32 indexed payee, address indexed account, address indexed steward, uint256 readyAt);
    event RecoveryCancelled(bytes32 indexed payee, address indexed account);
    event Withdrawn(bytes32 indexed payee, address indexed account, uint256 amountWei);

    error OnlyVault(address caller);
    error AlreadyBound(bytes32 payee, address account);
    error NotBound(bytes32 payee);
    error EmptyAccount();
    error Expired(uint256 deadline);
    error NotTheSteward();
    error IsAlias(bytes32 payee);
    error HasAliases(bytes32 payee);
    error SamePayee();
    error BoundElsewhere(bytes32 payee, address account);
    error SameAccount(address account);
    error RecoveryPends(bytes32 payee);
    error NoRecovery(bytes32 payee);
    error TooEarly(uint256 readyAt);
    error NotTheAccount(address sender);
    error NothingToWithdraw(bytes32 payee);

    function token() external view returns (IERC20);
    /// @return The only one who may credit accounts.
    function vault() external view returns (address);
    /// @return Seconds from the request of a recovery to its end, at least.
    function recoverySeconds() external view returns (uint256);

    /// @return What waits in the account of this name; 0 for an alias.
    function balanceOf(bytes32 payee) external view returns (uint256);
    /// @return The address that speaks for this name; of an alias, ask for the name that it was merged into.
    function boundTo(bytes32 payee) external view returns (address);
    /// @return The name whose account this one's rewards go to: itself, or what it was merged into.
    function accountOf(bytes32 payee) external view returns (bytes32);
    function recoveryOf(bytes32 payee) external view returns (Recovery memory);
    /// @return How many recoveries were asked for: the nonce of the next one.
    function recoveryNonce(bytes32 payee) external view returns (uint256);

    /// @notice Adds to an account. Only the vault, which moves the same amount here in the same transaction.
    function credit(bytes32 payee, uint256 amountWei) external;

    /// @notice Binds a payee to an address, once. Anyone may bring the steward's signature.
    function bind(bytes32 payee, address account, uint256 deadline, address steward, bytes calldata signature) external;

    /// @notice Makes a name an alias of another, for ever. A bound one only into one bound to the same address. Names that
    /// are or have aliases take no part, so that a reward is never more than one step from its account.
    function merge(bytes32 aliased, bytes32 into, uint256 deadline, address steward, bytes calldata signature) external;

    /// @notice Asks that another address speaks for a bound payee. Anyone may bring the steward's signature.
    function requestRecovery(
        bytes32 payee,
        address account,
        uint256 deadline,
        address steward,
        bytes calldata signature
    ) external;

    /// @notice Ends a request without effect. Only the bound address, a steward or the timelock.
    function cancelRecovery(bytes32 payee) external;

    /// @notice Binds the payee to the new address once the time is over. Anyone may call.
    function finishRecovery(bytes32 payee) external;

    /// @notice Pays the whole account to the bound address. Anyone may call; while a recovery is asked for, only that
    /// address. An alias stands for what it was merged into.
    /// @return amountWei What was paid.
    function withdraw(bytes32 payee) external returns (uint256 amountWei);
}
