// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IPayeeEscrow} from "./IPayeeEscrow.sol";
import {Governed} from "./access/Governed.sol";
import {Roles} from "./access/Roles.sol";

/// @notice See {IPayeeEscrow}.
contract PayeeEscrow is IPayeeEscrow, EIP712, Governed {
    using SafeERC20 for IERC20;

    bytes32 private constant BIND_TYPEHASH = keccak256("Bind(bytes32 payee,address account,uint256 deadline)");
    bytes32 private constant MERGE_TYPEHASH = keccak256("Merge(bytes32 alias,bytes32 into,uint256 deadline)");
    bytes32 private constant RECOVER_TYPEHASH =
        keccak256("Recover(bytes32 payee,address account,uint256 nonce,uint256 deadline)");

    IERC20 public immutable token;
    address public immutable vault;
    uint256 public immutable recoverySeconds;

    mapping(bytes32 payee => uint256) public balanceOf;
    mapping(bytes32 payee => address) public boundTo;
    mapping(bytes32 payee => uint256) public recoveryNonce;
    mapping(bytes32 payee => Recovery) private _recoveries;
    mapping(bytes32 payee => bytes32) private _mergedInto;
    mapping(bytes32 payee => bool) private _hasAliases;

    constructor(
        IERC20 token_,
        address vault_,
        address timelock,
        address[] memory stewards,
        uint256 recoverySeconds_
    ) EIP712("Tributary PayeeEscrow", "1") Governed(timelock) {
        token = token_;
        vault = vault_;
        recoverySeconds = recoverySeconds_;
        _grantAll(Roles.STEWARD, stewards);
    }

    /// @inheritdoc IPayeeEscrow
    function accountOf(bytes32 payee) public view returns (bytes32) {
        bytes32 into = _mergedInto[payee];
        return into == 0 ? payee : into;
    }

    /// @inheritdoc IPayeeEscrow
    function recoveryOf(bytes32 payee) external view returns (Recovery memory) {
        return _recoveries[payee];
    }

    /// @inheritdoc IPayeeEscrow
    function credit(bytes32 payee, uint256 amountWei) external {
        if (msg.sender != vault) revert OnlyVault(msg.sender);
        bytes32 account = accountOf(payee);
        balanceOf[account] += amountWei;
        emit Credited(account, amountWei);
    }

    /// @inheritdoc IPayeeEscrow
    function bind(bytes32 payee, address account, uint256 deadline, address steward, bytes calldata signature)
        external
    {
        if (account == address(0)) revert EmptyAccount();
        if (_mergedInto[payee] != 0) revert IsAlias(payee);
        if (boundTo[payee] != address(0)) revert AlreadyBound(payee, boundTo[payee]);
        _checkSteward(keccak256(abi.encode(BIND_TYPEHASH, payee, account, deadline)), deadline, steward, signature);
        boundTo[payee] = account;
        emit Bound(payee, account);
    }

    /// @inheritdoc IPayeeEscrow
    function merge(bytes32 aliased, bytes32 into, uint256 deadline, address steward, bytes calldata signature)
        external
    {
        if (aliased == into) revert SamePayee();
        if (_mergedInto[aliased] != 0) revert IsAlias(aliased);
        if (_mergedInto[into] != 0) revert IsAlias(into);
        if (_hasAliases[aliased]) revert HasAliases(aliased);
        if (_recoveries[aliased].readyAt != 0) revert RecoveryPends(aliased);
        address account = boundTo[aliased];
        if (account != address(0) && account != boundTo[into]) revert BoundElsewhere(aliased, account);
        _checkSteward(keccak256(abi.encode(MERGE_TYPEHASH, aliased, into, deadline)), deadline, steward, signature);
        _mergedInto[aliased] = into;
        _hasAliases[into] = true;
        uint256 movedWei = balanceOf[aliased];
        balanceOf[aliased] = 0;
        balanceOf[into] += movedWei;
        emit Merged(aliased, into, movedWei);
    }

    /// @inheritdoc IPayeeEscrow
    function requestRecovery(
        bytes32 payee,
        address account,
        uint256 deadline,
        address steward,
        bytes calldata signature
    ) external {
        if (account == address(0)) revert EmptyAccount();
        if (_mergedInto[payee] != 0) revert IsAlias(payee);
        if (boundTo[payee] == address(0)) revert NotBound(payee);
        if (boundTo[payee] == account) revert SameAccount(account);
        if (_recoveries[payee].readyAt != 0) revert RecoveryPends(payee);
        bytes32 hash = keccak256(abi.encode(RECOVER_TYPEHASH, payee, account, recoveryNonce[payee]++, deadline));
        _checkSteward(hash, deadline, steward, signature);
        uint64 readyAt = uint64(block.timestamp + recoverySeconds);
        _recoveries[payee] = Recovery(account, readyAt, steward);
        emit RecoveryRequested(payee, account, steward, readyAt);
    }

    /// @inheritdoc IPayeeEscrow
    function cancelRecovery(bytes32 payee) external {
        Recovery memory asked = _recoveries[payee];
        if (asked.readyAt == 0) revert NoRecovery(payee);
        bool mayCancel = msg.sender == boundTo[payee] || hasRole(Roles.STEWARD, msg.sender)
            || hasRole(DEFAULT_ADMIN_ROLE, msg.sender);
        if (!mayCancel) revert NotTheAccount(msg.sender);
        delete _recoveries[payee];
        emit RecoveryCancelled(payee, asked.account);
    }

    /// @inheritdoc IPayeeEscrow
    function finishRecovery(bytes32 payee) external {
        Recovery memory asked = _recoveries[payee];
        if (asked.readyAt == 0) revert NoRecovery(payee);
        if (block.timestamp < asked.readyAt) revert TooEarly(asked.readyAt);
        if (!hasRole(Roles.STEWARD, asked.steward)) revert NotTheSteward();
        delete _recoveries[payee];
        boundTo[payee] = asked.account;
        emit Bound(payee, asked.account);
    }

    /// @inheritdoc IPayeeEscrow
    function withdraw(bytes32 payee) external returns (uint256 amountWei) {
        payee = accountOf(payee);
        address account = boundTo[payee];
        if (account == address(0)) revert NotBound(payee);
        if (_recoveries[payee].readyAt != 0 && msg.sender != account) revert RecoveryPends(payee);
        amountWei = balanceOf[payee];
        if (amountWei == 0) revert NothingToWithdraw(payee);
        balanceOf[payee] = 0;
        emit Withdrawn(payee, account, amountWei);
        token.safeTransfer(account, amountWei);
    }

    /// @dev A deadline is the last second in which a signature holds.
    function _checkSteward(bytes32 structHash, uint256 deadline, address steward, bytes calldata signature) private view {
        if (block.timestamp > deadline) revert Expired(deadline);
        bool isSigned = hasRole(Roles.STEWARD, steward)
            && SignatureChecker.isValidSignatureNow(steward, _hashTypedDataV4(structHash), signature);
        if (!isSigned) revert NotTheSteward();
    }
}
