// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IDatanetPools} from "./IDatanetPools.sol";
import {IFeeEscrow} from "./IFeeEscrow.sol";
import {IOpenToken} from "./IOpenToken.sol";
import {Governed} from "./access/Governed.sol";
import {Roles} from "./access/Roles.sol";

/// @notice See {IFeeEscrow}.
contract FeeEscrow is IFeeEscrow, Governed {
    using SafeCast for uint256;
    using SafeERC20 for IOpenToken;

    uint256 private constant WHOLE_PPM = 1_000_000;

    IOpenToken public immutable token;
    address public immutable vault;
    IDatanetPools public immutable pools;
    address public immutable treasury;
    uint256 public immutable maxTreasuryPpm;
    uint256 public immutable maxOperatorPpm;
    uint256 public immutable closingSeconds;

    uint64 public lastClosed;
    mapping(uint64 epoch => Closing) private _closings;
    mapping(address payer => mapping(bytes32 nonce => uint256)) public refundedWei;

    /// @param timelock Admin of the roles, and the treasury.
    constructor(
        IOpenToken token_,
        address vault_,
        IDatanetPools pools_,
        address timelock,
        address[] memory operators,
        uint256 maxTreasuryPpm_,
        uint256 maxOperatorPpm_,
        uint256 closingSeconds_
    ) Governed(timelock) {
        if (maxTreasuryPpm_ + maxOperatorPpm_ > WHOLE_PPM) revert CeilingOverWhole(maxTreasuryPpm_ + maxOperatorPpm_);
        token = token_;
        vault = vault_;
        pools = pools_;
        treasury = timelock;
        maxTreasuryPpm = maxTreasuryPpm_;
        maxOperatorPpm = maxOperatorPpm_;
        closingSeconds = closingSeconds_;
        _grantAll(Roles.OPERATOR, operators);
    }

    /// @inheritdoc IFeeEscrow
    function closing(uint64 epoch) external view returns (Closing memory) {
        return _closings[epoch];
    }

    /// @inheritdoc IFeeEscrow
    function refund(uint64 epoch, address payer, bytes32 nonce, uint256 amountWei) external onlyRole(Roles.OPERATOR) {
        if (epoch <= lastClosed) revert EpochFrozen(epoch, lastClosed);
        if (amountWei == 0) revert NothingToRefund();
        (bytes27 digest, uint40 paidAt) = token.authorizationOf(payer, nonce);
        if (digest == 0) revert NotPaid(payer, nonce);
        if (digest != token.paymentDigest(address(this), amountWei)) revert OtherPayment(payer, nonce);
        uint256 closedAt = _closings[lastClosed].closedAt;
        if (paidAt + closingSeconds <= closedAt) revert PaidInClosedEpoch(paidAt, closedAt);
        if (refundedWei[payer][nonce] != 0) revert AlreadyRefunded(payer, nonce);
        refundedWei[payer][nonce] = amountWei;
        emit Refunded(epoch, payer, nonce, amountWei);
        token.safeTransfer(payer, amountWei);
    }

    /// @inheritdoc IFeeEscrow
    function closeEpoch(
        uint64 epoch,
        uint128 contributorsWei,
        uint128 operatorsWei,
        uint128 treasuryWei,
        PoolPart[] calldata poolParts
    ) external onlyRole(Roles.OPERATOR) {
        if (epoch != lastClosed + 1) revert NotNextEpoch(epoch, lastClosed);
        uint256 poolsWei;
        for (uint256 i = 0; i < poolParts.length; i++) poolsWei += poolParts[i].amountWei;
        uint256 vaultWei = uint256(contributorsWei) + operatorsWei;
        uint256 totalWei = vaultWei + treasuryWei + poolsWei;
        if (_isOver(treasuryWei, totalWei, maxTreasuryPpm)) revert TreasuryOverCeiling(treasuryWei, totalWei);
        if (_isOver(operatorsWei, totalWei, maxOperatorPpm)) revert OperatorsOverCeiling(operatorsWei, totalWei);

        lastClosed = epoch;
        _closings[epoch] =
            Closing(contributorsWei, operatorsWei, treasuryWei, poolsWei.toUint128(), uint64(block.timestamp));
        for (uint256 i = 0; i < poolParts.length; i++) {
            pools.credit(poolParts[i].datanet, poolParts[i].amountWei);
            emit PoolFunded(epoch, poolParts[i].datanet, poolParts[i].amountWei);
        }
        if (poolsWei != 0) token.safeTransfer(address(pools), poolsWei);
        if (vaultWei != 0) token.safeTransfer(vault, vaultWei);
        if (treasuryWei != 0) token.safeTransfer(treasury, treasuryWei);
        emit EpochClosed(
            epoch, contributorsWei, operatorsWei, treasuryWei, poolsWei, token.balanceOf(address(this))
        );
    }

    /// @dev Whether a part, in whole ppm of the total rounded down, passes the ceiling.
    function _isOver(uint256 partWei, uint256 totalWei, uint256 ceilingPpm) private pure returns (bool) {
        return partWei != 0 && partWei * WHOLE_PPM / totalWei > ceilingPpm;
    }
}
