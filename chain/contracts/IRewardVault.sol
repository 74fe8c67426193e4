// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IPayeeEscrow} from "./IPayeeEscrow.sol";

/// @title Pays rewards by a cumulative Merkle tree.
/// @notice One root an epoch over leaves (payee, all that the payee has ever earned). A root is proposed, can be
/// withdrawn by the owner during the challenge window, is final afterwards and never changes. A payee that is an
/// address (upper 12 bytes zero) is paid; any other is credited to its account in the escrow.
/// Claims can't be paused and anyone may claim for anyone. Amounts in wei; nothing is rounded here.
interface IRewardVault {
    /// @param evidence Digest root over the epoch's receipts, scores, rule and adapter set.
    /// @param totalWei Sum of all leaves: what was ever earned.
    struct Root {
        bytes32 root;
        bytes32 evidence;
        uint128 totalWei;
        uint64 proposedAt;
    }

    struct Claim {
        bytes32 payee;
        uint256 cumulativeWei;
        bytes32[] proof;
    }

    event RootProposed(uint64 indexed epoch, bytes32 root, bytes32 evidence, uint256 totalWei, uint256 finalFrom);
    event ProposalWithdrawn(uint64 indexed epoch, bytes32 root);
    event RootFinal(uint64 indexed epoch, bytes32 root);
    event Claimed(bytes32 indexed payee, uint256 amountWei, uint256 cumulativeWei);

    error NotNextEpoch(uint64 epoch, uint64 finalEpoch);
    error AlreadyProposed(uint64 epoch);
    error NotProposed(uint64 epoch);
    error EmptyRoot();
    error TotalFell(uint256 totalWei, uint256 lastTotalWei);
    error TotalNotFunded(uint256 totalWei, uint256 receivedWei);
    error WindowOpen(uint256 finalFrom);
    error NoFinalRoot();
    error BadProof(bytes32 payee, uint256 cumulativeWei);
    error TotalExceeded(uint256 claimedWei, uint256 totalWei);

    function token() external view returns (IERC20);
    function payees() external view returns (IPayeeEscrow);
    /// @return Seconds between proposal and finality.
    function challengeSeconds() external view returns (uint256);
    /// @return The last final epoch; epochs count from 1.
    function finalEpoch() external view returns (uint64);
    function rootOf(uint64 epoch) external view returns (Root memory);
    /// @return What this payee has claimed in all.
    function claimedOf(bytes32 payee) external view returns (uint256);
    /// @return What all payees have claimed.
    function claimedWei() external view returns (uint256);
    /// @return All that ever came in: what is here and what was claimed.
    function receivedWei() external view returns (uint256);

    /// @notice Proposes the next epoch's root. Only the owner. The total may neither fall nor exceed what came in.
    function propose(uint64 epoch, bytes32 root, uint128 totalWei, bytes32 evidence) external;

    /// @notice Takes a proposal back within its window. Only the owner.
    function withdrawProposal(uint64 epoch) external;

    /// @notice Makes the proposed root final when its window is over. Anyone may call.
    function finalise(uint64 epoch) external;

    /// @notice Pays each payee the difference to what it has claimed before; a leaf that brings nothing is passed over.
    /// Leaf: keccak256(bytes.concat(keccak256(abi.encode(payee, cumulativeWei)))), pairs sorted.
    /// @return paidWei What was moved in all.
    function claimMany(Claim[] calldata claims) external returns (uint256 paidWei);
}
