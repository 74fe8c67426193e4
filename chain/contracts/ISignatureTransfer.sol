// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The part of Permit2 by which x402 pays: one signed transfer, with a witness
/// @notice Amounts are wei of the token.
interface ISignatureTransfer {
    struct TokenPermissions {
        address token;
        uint256 amount;
    }

    struct PermitTransferFrom {
        TokenPermissions permitted;
        uint256 nonce;
        uint256 deadline;
    }

    struct SignatureTransferDetails {
        address to;
        uint256 requestedAmount;
    }

    error InvalidAmount(uint256 maxAmount);
    error SignatureExpired(uint256 signatureDeadline);
    error InvalidNonce();
    error InvalidSigner();

    /// @notice Moves at most what was permitted, once a nonce, to whom the spender (the caller) says.
    /// @param witness Hash of what the owner signed beside the permit, of the type that `witnessTypeString` tells.
    function permitWitnessTransferFrom(
        PermitTransferFrom calldata permit,
        SignatureTransferDetails calldata transferDetails,
        address owner,
        bytes32 witness,
        string calldata witnessTypeString,
        bytes calldata signature
    ) external;

    /// @notice The used nonces of an owner: bit `nonce & 255` of word `nonce >> 8`.
    function nonceBitmap(address owner, uint256 word) external view returns (uint256);

    /// @notice The owner makes nonces unusable.
    function invalidateUnorderedNonces(uint256 wordPos, uint256 mask) external;

    function DOMAIN_SEPARATOR() external view returns (bytes32);
}
