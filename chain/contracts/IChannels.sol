// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Payment channels as x402's `batch-settlement` has them: one payer, one receiver, vouchers off chain
/// @notice The interface of the published contract. A channel is its configuration; its id is the EIP-712 hash of that.
/// Amounts are wei of the channel's token; nothing is divided, so nothing is rounded.
interface IChannels {
    /// @notice What a channel is, for ever.
    struct ChannelConfig {
        address payer;
        /// @dev The key that signs vouchers; zero: the payer itself, as a contract may (EIP-1271).
        address payerAuthorizer;
        address receiver;
        /// @dev Signs batches of claims and refunds for the receiver.
        address receiverAuthorizer;
        address token;
        /// @dev Seconds between the payer's wish to withdraw and the withdrawal: time to claim.
        uint40 withdrawDelay;
        bytes32 salt;
    }

    struct Voucher {
        ChannelConfig channel;
        /// @dev The most that may ever have been claimed of the channel, in wei: cumulative, so an old voucher is no danger.
        uint128 maxClaimableAmount;
    }

    struct VoucherClaim {
        Voucher voucher;
        bytes signature;
        /// @dev Claimed of the channel after this, in wei, at most what the voucher allows.
        uint128 totalClaimed;
    }

    event ChannelCreated(bytes32 indexed channelId, ChannelConfig config);
    event ChannelClosed(bytes32 indexed channelId, ChannelConfig config);
    event Deposited(bytes32 indexed channelId, address indexed sender, uint128 amount, uint128 newBalance);
    event Claimed(bytes32 indexed channelId, address indexed sender, uint128 claimAmount, uint128 newTotalClaimed);
    event Settled(address indexed receiver, address indexed token, address indexed sender, uint128 amount);
    event Refunded(bytes32 indexed channelId, address indexed sender, uint128 amount);
    event WithdrawInitiated(bytes32 indexed channelId, uint128 amount, uint40 finalizeAfter);
    event WithdrawFinalized(bytes32 indexed channelId, address indexed sender, uint128 amount);

    error InvalidChannel();
    error ZeroDeposit();
    error InvalidCollector();
    error DepositOverflow();
    error DepositCollectionFailed();
    error WithdrawDelayOutOfRange();
    error InvalidSignature();
    error EmptyBatch();
    error NotAuthorizedToClaim();
    error NotReceiverAuthorizer();
    error ClaimExceedsCeiling();
    error ClaimExceedsBalance();
    error NotAuthorizedToRefund();
    error InvalidRefundNonce();
    error ZeroRefund();
    error NothingToWithdraw();
    error WithdrawalAlreadyPending();
    error WithdrawAmountExceedsAvailable();
    error NotAuthorizedToFinalizeWithdraw();
    error WithdrawalNotPending();
    error WithdrawDelayNotElapsed();

    /// @notice Escrows `amount` wei, which `collector` brings from the payer by what the payer signed.
    function deposit(ChannelConfig calldata config, uint128 amount, address collector, bytes calldata collectorData)
        external;

    /// @notice Counts what was charged, channel by channel, in favour of the receivers. Only for the receiving side.
    function claim(VoucherClaim[] calldata voucherClaims) external;

    /// @notice As `claim`, by anyone who brings the signature of the one receiverAuthorizer of all of them.
    function claimWithSignature(VoucherClaim[] calldata voucherClaims, bytes calldata authorizerSignature) external;

    /// @notice Moves what was claimed and not yet moved to the receiver. Anyone may call it.
    function settle(address receiver, address token) external;

    /// @notice The payer announces a withdrawal of at most what is unclaimed now.
    function initiateWithdraw(ChannelConfig calldata config, uint128 amount) external;

    /// @notice After the delay, moves the announced amount to the payer, or what is unclaimed then, if that is less.
    function finalizeWithdraw(ChannelConfig calldata config) external;

    /// @notice The receiving side gives back at most what is unclaimed.
    function refund(ChannelConfig calldata config, uint128 amount) external;

    /// @notice As `refund`, by anyone who brings the receiverAuthorizer's signature with the next refund nonce.
    function refundWithSignature(
        ChannelConfig calldata config,
        uint128 amount,
        uint256 nonce,
        bytes calldata receiverAuthorizerSignature
    ) external;

    /// @notice `balance`: all deposits less refunds and withdrawals. `totalClaimed`: the part of it that is the receiver's.
    function channels(bytes32 channelId) external view returns (uint128 balance, uint128 totalClaimed);
    function pendingWithdrawals(bytes32 channelId) external view returns (uint128 amount, uint40 initiatedAt);
    function refundNonce(bytes32 channelId) external view returns (uint256);
    function receivers(address receiver, address token)
        external
        view
        returns (uint128 totalClaimed, uint128 totalSettled);
    function CHANNEL_CONFIG_TYPEHASH() external view returns (bytes32);
    function getChannelId(ChannelConfig calldata config) external view returns (bytes32);
    function getVoucherDigest(bytes32 channelId, uint128 maxClaimableAmount) external view returns (bytes32);
    function getRefundDigest(bytes32 channelId, uint256 nonce, uint128 amount) external view returns (bytes32);
    function getClaimBatchDigest(VoucherClaim[] calldata voucherClaims) external view returns (bytes32);
}
