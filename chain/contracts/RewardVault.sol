// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {IPayeeEscrow} from "./IPayeeEscrow.sol";
import {IRewardVault} from "./IRewardVault.sol";
import {PayeeEscrow} from "./PayeeEscrow.sol";

/// @notice See {IRewardVault}.
contract RewardVault is IRewardVault, Ownable {
    using SafeERC20 for IERC20;

    IERC20 public immutable token;
    IPayeeEscrow public immutable payees;
    uint256 public immutable challengeSeconds;

    uint64 public finalEpoch;
    uint256 public claimedWei;
    mapping(uint64 epoch => Root) private _roots;
    mapping(bytes32 payee => uint256) public claimedOf;

    /// @dev Makes the payees' escrow itself, so that each knows the other from the start and for ever.
    constructor(IERC20 token_, address steward, uint256 challengeSeconds_, address owner) Ownable(owner) {
        token = token_;
        challengeSeconds = challengeSeconds_;
        payees = new PayeeEscrow(token_, address(this), steward);
    }

    /// @inheritdoc IRewardVault
    function rootOf(uint64 epoch) external view returns (Root memory) {
        return _roots[epoch];
    }

    /// @inheritdoc IRewardVault
    function receivedWei() public view returns (uint256) {
        return token.balanceOf(address(this)) + claimedWei;
    }

    /// @inheritdoc IRewardVault
    function propose(uint64 epoch, bytes32 root, uint128 totalWei, bytes32 evidence) external onlyOwner {
        if (epoch != finalEpoch + 1) revert NotNextEpoch(epoch, finalEpoch);
        if (root == 0) revert EmptyRoot();
        if (_roots[epoch].root != 0) revert AlreadyProposed(epoch);
        uint256 lastTotalWei = _roots[epoch - 1].totalWei;
        if (totalWei < lastTotalWei) revert TotalFell(totalWei, lastTotalWei);
        if (totalWei > receivedWei()) revert TotalNotFunded(totalWei, receivedWei());
        _roots[epoch] = Root(root, evidence, totalWei, uint64(block.timestamp));
        emit RootProposed(epoch, root, evidence, totalWei, block.timestamp + challengeSeconds);
    }

    /// @inheritdoc IRewardVault
    function withdrawProposal(uint64 epoch) external onlyOwner {
        bytes32 root = _roots[epoch].root;
        if (epoch <= finalEpoch || root == 0) revert NotProposed(epoch);
        delete _roots[epoch];
        emit ProposalWithdrawn(epoch, root);
    }

    /// @inheritdoc IRewardVault
    function finalise(uint64 epoch) external {
        if (epoch != finalEpoch + 1) revert NotNextEpoch(epoch, finalEpoch);
        Root storage proposed = _roots[epoch];
        if (proposed.root == 0) revert NotProposed(epoch);
        uint256 finalFrom = proposed.proposedAt + challengeSeconds;
        if (block.timestamp < finalFrom) revert WindowOpen(finalFrom);
        finalEpoch = epoch;
        emit RootFinal(epoch, proposed.root);
    }

    /// @inheritdoc IRewardVault
    function claimMany(Claim[] calldata claims) external returns (uint256 paidWei) {
        bytes32 root = _roots[finalEpoch].root;
        if (root == 0) revert NoFinalRoot();
        uint256 escrowedWei;
        for (uint256 i = 0; i < claims.length; i++) {
            uint256 amountWei = _take(root, claims[i]);
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
        claimedWei += paidWei;
        // A tree whose leaves sum to more than its total must not pay out of what later epochs bring.
        if (claimedWei > _roots[finalEpoch].totalWei) revert TotalExceeded(claimedWei, _roots[finalEpoch].totalWei);
        if (escrowedWei != 0) token.safeTransfer(address(payees), escrowedWei);
    }

    /// @dev Checks a leaf and books what it brings beyond earlier claims.
    function _take(bytes32 root, Claim calldata c) private returns (uint256 amountWei) {
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(c.payee, c.cumulativeWei))));
        if (!MerkleProof.verifyCalldata(c.proof, root, leaf)) revert BadProof(c.payee, c.cumulativeWei);
        uint256 before = claimedOf[c.payee];
        if (c.cumulativeWei <= before) return 0;
        amountWei = c.cumulativeWei - before;
        claimedOf[c.payee] = c.cumulativeWei;
        emit Claimed(c.payee, amountWei, c.cumulativeWei);
    }
}
