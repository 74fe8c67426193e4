// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IFeeEscrow} from "./IFeeEscrow.sol";
import {IOpenToken} from "./IOpenToken.sol";

/// @notice See {IFeeEscrow}.
contract FeeEscrow is IFeeEscrow, Ownable {
    using SafeERC20 for IOpenToken;

    IOpenToken public immutable token;
    address public immutable vault;
    address public immutable treasury;
    uint256 public immutable maxTreasuryPpm;

    uint64 public lastClosed;
    mapping(uint64 epoch => Closing) private _closings;
    mapping(address payer => mapping(bytes32 nonce => uint256)) public refundedWei;

    constructor(IOpenToken token_, address vault_, address treasury_, uint256 maxTreasuryPpm_, address owner)
        Ownable(owner)
    {
        if (maxTreasuryPpm_ > 1_000_000) revert CeilingOverWhole(maxTreasuryPpm_);
        token = token_;
        vault = vault_;
        treasury = treasury_;
        maxTreasuryPpm = maxTreasuryPpm_;
    }

    /// @inheritdoc IFeeEscrow
    function closing(uint64 epoch) external view returns (Closing memory) {
        return _closings[epoch];
    }

    /// @inheritdoc IFeeEscrow
    function refund(uint64 epoch, address payer, bytes32 nonce, uint256 amountWei) external onlyOwner {
        if (epoch <= lastClosed) revert EpochFrozen(epoch, lastClosed);
        if (amountWei == 0) revert NothingToRefund();
        if (!token.authorizationState(payer, nonce)) revert NotPaid(payer, nonce);
        if (refundedWei[payer][nonce] != 0) revert AlreadyRefunded(payer, nonce);
        refundedWei[payer][nonce] = amountWei;
        emit Refunded(epoch, payer, nonce, amountWei);
        token.safeTransfer(payer, amountWei);
    }

    /// @inheritdoc IFeeEscrow
    function closeEpoch(uint64 epoch, uint128 vaultWei, uint128 treasuryWei) external onlyOwner {
        if (epoch != lastClosed + 1) revert NotNextEpoch(epoch, lastClosed);
        uint256 ceilingWei = ((uint256(vaultWei) + treasuryWei) * maxTreasuryPpm) / 1_000_000;
        if (treasuryWei > ceilingWei) revert TreasuryOverCeiling(treasuryWei, ceilingWei);
        lastClosed = epoch;
        _closings[epoch] = Closing(vaultWei, treasuryWei, uint64(block.timestamp));
        token.safeTransfer(vault, vaultWei);
        token.safeTransfer(treasury, treasuryWei);
        emit EpochClosed(epoch, vaultWei, treasuryWei, token.balanceOf(address(this)));
    }
}
