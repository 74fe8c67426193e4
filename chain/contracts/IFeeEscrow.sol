// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatanetPools} from "./IDatanetPools.sol";
import {IOpenToken} from "./IOpenToken.sol";

/// @title Holds the buyers' fees until their epoch closes.
/// @notice Payers sign EIP-3009 authorisations to this address. Until an epoch closes, a payment of it can go back to
/// its payer, once, to the wei. Closing moves what was earned to the vault, the treasury's part to the treasury and what
/// nobody earned to the pools of the Datanets; what stays belongs to later epochs. All amounts in wei of the token;
/// nothing is rounded here. The token must be one that remembers its authorisations ({IOpenToken}) and takes no fee on
/// transfers.
interface IFeeEscrow {
    /// @param contributorsWei, operatorsWei Moved to the vault: for those who contributed, and for server and model
    /// owner. @param treasuryWei Moved to the treasury. @param poolsWei Moved to the pools, in all.
    /// @param closedAt Time of the block in seconds, 0 where the epoch is open.
    struct Closing {
        uint128 contributorsWei;
        uint128 operatorsWei;
        uint128 treasuryWei;
        uint128 poolsWei;
        uint64 closedAt;
    }

    /// @param datanet The Datanet's id, as the registry has it.
    struct PoolPart {
        bytes32 datanet;
        uint128 amountWei;
    }

    event Refunded(uint64 indexed epoch, address indexed payer, bytes32 indexed nonce, uint256 amountWei);
    event PoolFunded(uint64 indexed epoch, bytes32 indexed datanet, uint256 amountWei);
    /// @param leftWei What stays here: payments of later epochs that have arrived already.
    event EpochClosed(
        uint64 indexed epoch,
        uint256 contributorsWei,
        uint256 operatorsWei,
        uint256 treasuryWei,
        uint256 poolsWei,
        uint256 leftWei
    );

    error EpochFrozen(uint64 epoch, uint64 lastClosed);
    error NotNextEpoch(uint64 epoch, uint64 lastClosed);
    error NotPaid(address payer, bytes32 nonce);
    error OtherPayment(address payer, bytes32 nonce);
    error PaidInClosedEpoch(uint256 paidAt, uint256 closedAt);
    error AlreadyRefunded(address payer, bytes32 nonce);
    error NothingToRefund();
    error TreasuryOverCeiling(uint256 treasuryWei, uint256 totalWei);
    error OperatorsOverCeiling(uint256 operatorsWei, uint256 totalWei);
    error CeilingOverWhole(uint256 ppm);

    function token() external view returns (IOpenToken);
    function vault() external view returns (address);
    function pools() external view returns (IDatanetPools);
    function treasury() external view returns (address);

    /// @return The most that the treasury may take of what leaves at a closing, in whole ppm of it rounded down: the wei
    /// by which the rounding of single answers may pass the rule's own part do not stop an epoch.
    function maxTreasuryPpm() external view returns (uint256);

    /// @return The most that server and model owner may take together, counted the same way.
    function maxOperatorPpm() external view returns (uint256);

    /// @return The longest time from the freeze of an epoch to its closing, in seconds, for the sake of refunds: what was
    /// paid so long before the last closing, or longer, was shared out with it.
    function closingSeconds() external view returns (uint256);

    /// @return The last epoch that was closed; epochs count from 1.
    function lastClosed() external view returns (uint64);

    function closing(uint64 epoch) external view returns (Closing memory);

    /// @return What went back to the payer of this authorisation, in wei.
    function refundedWei(address payer, bytes32 nonce) external view returns (uint256);

    /// @notice Pays back to the payer, and to nobody else, what the authorisation paid here, to the wei. Only an operator,
    /// once for each authorisation, while its epoch is open. The token itself says what was paid: neither the
    /// operator's word nor another signature of the payer moves a wei.
    function refund(uint64 epoch, address payer, bytes32 nonce, uint256 amountWei) external;

    /// @notice Closes the next epoch. Only an operator. A Datanet may be named more than once.
    function closeEpoch(
        uint64 epoch,
        uint128 contributorsWei,
        uint128 operatorsWei,
        uint128 treasuryWei,
        PoolPart[] calldata poolParts
    ) external;
}
