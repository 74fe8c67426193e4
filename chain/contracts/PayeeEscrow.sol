// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IPayeeEscrow} from "./IPayeeEscrow.sol";

/// @notice See {IPayeeEscrow}.
contract PayeeEscrow is IPayeeEscrow, EIP712 {
    using SafeERC20 for IERC20;

    bytes32 private constant BIND_TYPEHASH = keccak256("Bind(bytes32 payee,address account,uint256 deadline)");

    IERC20 public immutable token;
    address public immutable vault;
    address public immutable steward;

    mapping(bytes32 payee => uint256) public balanceOf;
    mapping(bytes32 payee => address) public boundTo;

    constructor(IERC20 token_, address vault_, address steward_) EIP712("Tributary PayeeEscrow", "1") {
        if (steward_ == address(0)) revert EmptyAccount();
        token = token_;
        vault = vault_;
        steward = steward_;
    }

    /// @inheritdoc IPayeeEscrow
    function credit(bytes32 payee, uint256 amountWei) external {
        if (msg.sender != vault) revert OnlyVault(msg.sender);
        balanceOf[payee] += amountWei;
        emit Credited(payee, amountWei);
    }

    /// @inheritdoc IPayeeEscrow
    function bind(bytes32 payee, address account, uint256 deadline, bytes calldata signature) external {
        if (account == address(0)) revert EmptyAccount();
        if (block.timestamp > deadline) revert Expired(deadline);
        if (boundTo[payee] != address(0)) revert AlreadyBound(payee, boundTo[payee]);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(BIND_TYPEHASH, payee, account, deadline)));
        if (!SignatureChecker.isValidSignatureNow(steward, digest, signature)) revert NotTheSteward();
        boundTo[payee] = account;
        emit Bound(payee, account);
    }

    /// @inheritdoc IPayeeEscrow
    function withdraw(bytes32 payee) external returns (uint256 amountWei) {
        address account = boundTo[payee];
        if (account == address(0)) revert NotBound(payee);
        amountWei = balanceOf[payee];
        if (amountWei == 0) revert NothingToWithdraw(payee);
        balanceOf[payee] = 0;
        emit Withdrawn(payee, account, amountWei);
        token.safeTransfer(account, amountWei);
    }
}
