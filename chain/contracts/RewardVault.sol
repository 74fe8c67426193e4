// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPayeeEscrow} from "./IPayeeEscrow.sol";
import {IRewardVault} from "./IRewardVault.sol";
import {Governed} from "./access/Governed.sol";
import {Roles} from "./access/Roles.sol";
import {BatchProof} from "./merkle/BatchProof.sol";

/// @notice See {IRewardVault}.
contract RewardVault is IRewardVault, Governed, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev One slot: what posting reads and writes. `proposedAt` is 0 where nothing is proposed; a hold moves it.
    struct Posting {
        uint32 finalEpoch;
        uint40 proposedAt;
        uint40 heldAt;
        bool closed;
        bool paused;
        uint128 proposedWei;
    }

    /// @dev One slot: what claims read and write.
    struct Sums {
        uint128 finalWei;
        uint128 claimedWei;
    }

    IERC20 public immutable token;
    IPayeeEscrow public immutable payees;
    uint256 public immutable challengeSeconds;

    Posting private _posting;
    Sums private _sums;
    address private _proposer;
    mapping(uint64 epoch => Root) private _roots;
    mapping(bytes32 payee => uint256) public claimedOf;

    constructor(
        IERC20 token_,
        IPayeeEscrow payees_,
        uint256 challengeSeconds_,
        address timelock,
        address[] memory operators,
        address[] memory pausers,
        address disputes
    ) Governed(timelock) {
        token = token_;
        payees = payees_;
        challengeSeconds = challengeSeconds_;
        _grantAll(Roles.OPERATOR, operators);
        _grantAll(Roles.PAUSER, pausers);
        _grantRole(Roles.DISPUTES, disputes);
    }

    /// @inheritdoc IRewardVault
    function finalEpoch() external view returns (uint64) {
        return _posting.finalEpoch;
    }

    /// @inheritdoc IRewardVault
    function paused() external view returns (bool) {
        return _posting.paused;
    }

    /// @inheritdoc IRewardVault
    function rootOf(uint64 epoch) external view returns (Root memory) {
        return _roots[epoch];
    }

    /// @inheritdoc IRewardVault
    function proposal() external view returns (Proposal memory p) {
        Posting memory posting = _posting;
        if (posting.proposedAt == 0) return p;
        p.epoch = posting.finalEpoch + 1;
        p.root = _roots[p.epoch].root;
        p.evidence = _roots[p.epoch].evidence;
        p.totalWei = posting.proposedWei;
        p.proposer = _proposer;
        p.proposedAt = posting.proposedAt;
        p.finalFrom = uint64(posting.proposedAt + challengeSeconds);
        p.heldAt = posting.heldAt;
        p.closed = posting.closed;
    }

    /// @inheritdoc IRewardVault
    function totalWei() external view returns (uint256) {
        return _sums.finalWei;
    }

    /// @inheritdoc IRewardVault
    function claimedWei() external view returns (uint256) {
        return _sums.claimedWei;
    }

    /// @inheritdoc IRewardVault
    function receivedWei() public view returns (uint256) {
        return token.balanceOf(address(this)) + _sums.claimedWei;
    }

    /// @inheritdoc IRewardVault
    function propose(uint64 epoch, bytes32 root, uint128 totalWei_, bytes32 evidence) external onlyRole(Roles.OPERATOR) {
        Posting memory posting = _posting;
        if (posting.paused) revert PostsPaused();
        if (epoch != posting.finalEpoch + 1) revert NotNextEpoch(epoch, posting.finalEpoch);
        if (root == 0) revert EmptyRoot();
        if (posting.proposedAt != 0) revert AlreadyProposed(epoch);
        Sums memory sums = _sums;
        if (totalWei_ < sums.finalWei) revert TotalFell(totalWei_, sums.finalWei);
        uint256 received = token.balanceOf(address(this)) + sums.claimedWei;
        if (totalWei_ > received) revert TotalNotFunded(totalWei_, received);
        posting.proposedAt = uint40(block.timestamp);
        posting.proposedWei = totalWei_;
        _posting = posting;
        if (_proposer != msg.sender) _proposer = msg.sender;
        _roots[epoch] = Root(root, evidence);
        emit RootProposed(epoch, root, evidence, totalWei_, block.timestamp + challengeSeconds, msg.sender);
    }

    /// @inheritdoc IRewardVault
    function withdrawProposal(uint64 epoch) external onlyRole(Roles.OPERATOR) {
        Posting memory posting = _proposed(epoch);
        if (posting.heldAt != 0) revert Held(epoch);
        emit ProposalWithdrawn(epoch, _discard(epoch, posting));
    }

    /// @inheritdoc IRewardVault
    function finalise(uint64 epoch) external {
        Posting memory posting = _proposed(epoch);
        if (posting.paused) revert PostsPaused();
        if (posting.heldAt != 0) revert Held(epoch);
        uint256 finalFrom = posting.proposedAt + challengeSeconds;
        if (block.timestamp < finalFrom) revert WindowOpen(finalFrom);
        _sums.finalWei = posting.proposedWei;
        posting.finalEpoch++;
        posting.proposedAt = 0;
        posting.closed = false;
        _posting = posting;
        emit RootFinal(epoch, _roots[epoch].root);
    }

    /// @inheritdoc IRewardVault
    function hold(uint64 epoch) external onlyRole(Roles.DISPUTES) {
        Posting memory posting = _proposed(epoch);
        if (posting.heldAt != 0 || posting.closed) revert Held(epoch);
        uint256 finalFrom = posting.proposedAt + challengeSeconds;
        if (block.timestamp >= finalFrom && !posting.paused) revert WindowOver(finalFrom);
        _posting.heldAt = uint40(block.timestamp);
        emit RootHeld(epoch);
    }

    /// @inheritdoc IRewardVault
    function release(uint64 epoch, bool forGood) external onlyRole(Roles.DISPUTES) {
        Posting memory posting = _proposed(epoch);
        if (posting.heldAt == 0) revert NotHeld(epoch);
        posting.proposedAt += uint40(block.timestamp) - posting.heldAt;
        posting.heldAt = 0;
        posting.closed = forGood;
        _posting = posting;
        emit RootReleased(epoch, posting.proposedAt + challengeSeconds);
    }

    /// @inheritdoc IRewardVault
    function reject(uint64 epoch) external onlyRole(Roles.DISPUTES) {
        Posting memory posting = _proposed(epoch);
        if (posting.heldAt == 0) revert NotHeld(epoch);
        emit ProposalRejected(epoch, _discard(epoch, posting));
    }

    /// @inheritdoc IRewardVault
    function pause() external onlyRole(Roles.PAUSER) {
        if (_posting.paused) revert PostsPaused();
        _posting.paused = true;
        emit Paused(msg.sender);
    }

    /// @inheritdoc IRewardVault
    function unpause() external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (!_posting.paused) revert PostsNotPaused();
        _posting.paused = false;
        emit Unpaused(msg.sender);
    }

    /// @inheritdoc IRewardVault
    function claimMany(Claim[] calldata claims, bytes32[] calldata proof, uint256[] calldata flags)
        external
        nonReentrant
        returns (uint256 paidWei)
    {
        uint64 epoch = _posting.finalEpoch;
        if (epoch == 0) revert NoFinalRoot();
        bytes32[] memory queue = BatchProof.queueFor(claims.length, proof);
        for (uint256 i = 0; i < claims.length; i++) {
            queue[i] = keccak256(bytes.concat(keccak256(abi.encode(claims[i].payee, claims[i].cumulativeWei))));
        }
        if (!BatchProof.verify(queue, claims.length, proof, flags, _roots[epoch].root)) revert BadProof();
        uint256 escrowedWei;
        for (uint256 i = 0; i < claims.length; i++) {
            uint256 amountWei = _take(claims[i]);
            if (amountWei == 0) continue;
            paidWei += amountWei;
            bytes32 payee = claims[i].payee;
            if (uint256(payee) >> 160 == 0) {
                token.safeTransfer(address(uint160(uint256(payee))), amountWei);
            } else {
                escrowedWei += amountWei;
                payees.credit(payee, amountWei);
            }
        }
        Sums memory sums = _sums;
        uint256 claimed = sums.claimedWei + paidWei;
        // A tree whose leaves sum to more than its total must not pay out of what later epochs bring.
        if (claimed > sums.finalWei) revert TotalExceeded(claimed, sums.finalWei);
        _sums.claimedWei = uint128(claimed);
        if (escrowedWei != 0) token.safeTransfer(address(payees), escrowedWei);
    }

    /// @dev Books what a proven leaf brings beyond earlier claims.
    function _take(Claim calldata c) private returns (uint256 amountWei) {
        uint256 before = claimedOf[c.payee];
        if (c.cumulativeWei <= before) return 0;
        amountWei = c.cumulativeWei - before;
        claimedOf[c.payee] = c.cumulativeWei;
        emit Claimed(c.payee, amountWei, c.cumulativeWei);
    }

    function _proposed(uint64 epoch) private view returns (Posting memory posting) {
        posting = _posting;
        if (posting.proposedAt == 0 || epoch != posting.finalEpoch + 1) revert NotProposed(epoch);
    }

    /// @return root What was proposed.
    function _discard(uint64 epoch, Posting memory posting) private returns (bytes32 root) {
        root = _roots[epoch].root;
        posting.proposedAt = 0;
        posting.heldAt = 0;
        posting.closed = false;
        posting.proposedWei = 0;
        _posting = posting;
        delete _roots[epoch];
    }
}
