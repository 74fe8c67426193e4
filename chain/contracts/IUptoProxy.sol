// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISignatureTransfer} from "./ISignatureTransfer.sol";

/// @title x402's proxy for `upto`: takes at most what was signed, for the receiver that was signed
/// @notice The interface of the published contract. Amounts are wei of the permitted token.
interface IUptoProxy {
    /// @notice What the owner signs beside the permit: where the money goes, who may settle, and from when on.
    struct Witness {
        address to;
        address facilitator;
        uint256 validAfter;
    }

    /// @notice An ERC-2612 permit of the owner for Permit2, so that no approval of its own is needed.
    struct EIP2612Permit {
        uint256 value;
        uint256 deadline;
        bytes32 r;
        bytes32 s;
        uint8 v;
    }

    event Settled();
    event SettledWithPermit();

    error AmountExceedsPermitted();
    error InvalidDestination();
    error InvalidOwner();
    error PaymentTooEarly();
    error Permit2612AmountMismatch();
    error UnauthorizedFacilitator();

    /// @notice Moves `amount` wei from owner to `witness.to`, by a permit that the owner signed for this proxy.
    function settle(
        ISignatureTransfer.PermitTransferFrom calldata permit,
        uint256 amount,
        address owner,
        Witness calldata witness,
        bytes calldata signature
    ) external;

    /// @notice As `settle`, after the owner's permit gave Permit2 its allowance. One that was used before is no error.
    function settleWithPermit(
        EIP2612Permit calldata permit2612,
        ISignatureTransfer.PermitTransferFrom calldata permit,
        uint256 amount,
        address owner,
        Witness calldata witness,
        bytes calldata signature
    ) external;

    function PERMIT2() external view returns (ISignatureTransfer);
    function WITNESS_TYPEHASH() external view returns (bytes32);
    function WITNESS_TYPE_STRING() external view returns (string memory);
}
