// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOpenToken} from "./IOpenToken.sol";

/// @title Holds the buyers' fees until their epoch closes.
/// @notice Payers sign EIP-3009 authorisations to this address. Until an epoch closes, a payment of it can go back to
/// its payer, once. Closing moves the rewards' part to the vault and the treasury's to the treasury; what stays is
/// carried into the next epoch. All amounts in wei of the token; nothing is rounded here.
interface IFeeEscrow {
    /// @param vaultWei Moved to the vault. @param treasuryWei Moved to the treasury.
    /// @param closedAt Time of the block, 0 where the epoch is open.
    struct Closing {
        uint128 vaultWei;
        uint128 treasuryWei;
        uint64 closedAt;
    }

    event Refunded(uint64 indexed epoch, address indexed payer, bytes32 indexed nonce, uint256 amountWei);
    /// @param carriedWei What stays here, with the payments of later epochs that have arrived already.
    event EpochClosed(uint64 indexed epoch, uint256 vaultWei, uint256 treasuryWei, uint256 carriedWei);

    error EpochFrozen(uint64 epoch, uint64 lastClosed);
    error NotNextEpoch(uint64 epoch, uint64 lastClosed);
    error NotPaid(address payer, bytes32 nonce);
    error AlreadyRefunded(address payer, bytes32 nonce);
    error NothingToRefund();
    error TreasuryOverCeiling(uint256 treasuryWei, uint256 ceilingWei);
    error CeilingOverWhole(uint256 ppm);

    function token() external view returns (IOpenToken);
    function vault() external view returns (address);
    function treasury() external view returns (address);

    /// @return The most that the treasury may take of what leaves at a closing, in parts per million, rounded down.
    function maxTreasuryPpm() external view returns (uint256);

    /// @return The last epoch that was closed; epochs count from 1.
    function lastClosed() external view returns (uint64);

    function closing(uint64 epoch) external view returns (Closing memory);

    /// @return What went back to the payer of this authorisation, in wei.
    function refundedWei(address payer, bytes32 nonce) external view returns (uint256);

    /// @notice Pays back to the payer, and to nobody else. Only the owner, once for each used authorisation, while its
    /// epoch is open. The amount is the owner's word: the token records that an authorisation was used, not for how much.
    function refund(uint64 epoch, address payer, bytes32 nonce, uint256 amountWei) external;

    /// @notice Closes the next epoch. Only the owner.
    function closeEpoch(uint64 epoch, uint128 vaultWei, uint128 treasuryWei) external;
}
