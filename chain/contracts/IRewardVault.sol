// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IPayeeEscrow} from "./IPayeeEscrow.sol";

/// @title Pays rewards by a cumulative Merkle tree.
/// @notice One root an epoch over leaves (payee, all that the payee has ever earned). A root is proposed, can be
/// withdrawn by an operator or held by a dispute during the challenge window, is final afterwards and never changes. A
/// payee that is an address (upper 12 bytes zero) is paid; any other is credited to its account in the escrow.
/// Posting can be paused; claims can't, and anyone may claim for anyone. Amounts in wei; nothing is rounded here. Tokens
/// that take a fee on transfers are not supported.
interface IRewardVault {
    /// @param evidence Digest root over the epoch's receipts, scores, rule and adapter set.
    struct Root {
        bytes32 root;
        bytes32 evidence;
    }

    /// @param epoch 0 where none is proposed. @param totalWei Sum of all leaves: what was ever earned.
    /// @param finalFrom From when it can be made final, in seconds. What it was held for is not part of the window.
    /// @param heldAt Since when a dispute holds it; 0 where none does. @param closed Whether it can't be held again.
    struct Proposal {
        uint64 epoch;
        bytes32 root;
        bytes32 evidence;
        uint128 totalWei;
        address proposer;
        uint64 proposedAt;
        uint64 finalFrom;
        uint64 heldAt;
        bool closed;
    }

    struct Claim {
        bytes32 payee;
        uint256 cumulativeWei;
    }

    event RootProposed(
        uint64 indexed epoch,
        bytes32 root,
        bytes32 evidence,
        uint256 totalWei,
        uint256 finalFrom,
        address indexed proposer
    );
    event ProposalWithdrawn(uint64 indexed epoch, bytes32 root);
    event ProposalRejected(uint64 indexed epoch, bytes32 root);
    event RootHeld(uint64 indexed epoch);
    event RootReleased(uint64 indexed epoch, uint256 finalFrom);
    event RootFinal(uint64 indexed epoch, bytes32 root);
    event Claimed(bytes32 indexed payee, uint256 amountWei, uint256 cumulativeWei);
    event Paused(address indexed account);
    event Unpaused(address indexed account);

    error NotNextEpoch(uint64 epoch, uint64 finalEpoch);
    error AlreadyProposed(uint64 epoch);
    error NotProposed(uint64 epoch);
    error EmptyRoot();
    error TotalFell(uint256 totalWei, uint256 lastTotalWei);
    error TotalNotFunded(uint256 totalWei, uint256 receivedWei);
    error WindowOpen(uint256 finalFrom);
    error WindowOver(uint256 finalFrom);
    /// @dev A dispute holds it, or did and may not again.
    error Held(uint64 epoch);
    error NotHeld(uint64 epoch);
    error PostsPaused();
    error PostsNotPaused();
    error NoFinalRoot();
    /// @dev The claims are not leaves under the final root, or not in ascending order of their hashes, or there is none.
    error BadProof();
    error TotalExceeded(uint256 claimedWei, uint256 totalWei);

    function token() external view returns (IERC20);
    function payees() external view returns (IPayeeEscrow);
    /// @return Seconds between proposal and finality.
    function challengeSeconds() external view returns (uint256);
    /// @return The last final epoch; epochs count from 1.
    function finalEpoch() external view returns (uint64);
    /// @return Whether posting is paused.
    function paused() external view returns (bool);
    /// @return The root of an epoch, proposed or final.
    function rootOf(uint64 epoch) external view returns (Root memory);
    /// @return What is proposed and not final.
    function proposal() external view returns (Proposal memory);
    /// @return Sum of all leaves under the last final root.
    function totalWei() external view returns (uint256);
    /// @return What this payee has claimed in all.
    function claimedOf(bytes32 payee) external view returns (uint256);
    /// @return What all payees have claimed.
    function claimedWei() external view returns (uint256);
    /// @return All that ever came in: what is here and what was claimed.
    function receivedWei() external view returns (uint256);

    /// @notice Proposes the next epoch's root. Only an operator. The total may neither fall nor exceed what came in.
    function propose(uint64 epoch, bytes32 root, uint128 totalWei_, bytes32 evidence) external;

    /// @notice Takes a proposal back before it is final, unless a dispute holds it. Only an operator.
    function withdrawProposal(uint64 epoch) external;

    /// @notice Makes the proposed root final when its window is over. Anyone may call.
    function finalise(uint64 epoch) external;

    /// @notice Stops the window of the proposed root. Only Disputes, within the window; while posting is paused also
    /// afterwards, for then nobody could have made it final.
    function hold(uint64 epoch) external;

    /// @notice Lets the window of a held root go on for what was left of it. Only Disputes.
    /// @param forGood Whether this proposal can't be held again: who let the time run out gets no second one.
    function release(uint64 epoch, bool forGood) external;

    /// @notice Throws a held root away: another has to be proposed. Only Disputes.
    function reject(uint64 epoch) external;

    /// @notice Stops `propose` and `finalise`. Only a pauser.
    function pause() external;

    /// @notice Lets them go on. Only the timelock.
    function unpause() external;

    /// @notice Pays each payee the difference to what it has claimed before; a leaf that brings nothing is passed over.
    /// Leaf: keccak256(bytes.concat(keccak256(abi.encode(payee, cumulativeWei)))), pairs sorted.
    /// @param claims In ascending order of their leaves. All of them are proven before one is paid.
    /// @param proof For one claim the hashes beside its way to the root; for many one proof of them all (BatchProof).
    /// @param flags For one claim empty; for many which steps of the proof join two of the batch, as bits.
    /// @return paidWei What was moved in all.
    function claimMany(Claim[] calldata claims, bytes32[] calldata proof, uint256[] calldata flags)
        external
        returns (uint256 paidWei);
}
