// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {IDisputes} from "./IDisputes.sol";
import {IRewardVault} from "./IRewardVault.sol";
import {IStaking} from "./IStaking.sol";
import {Governed} from "./access/Governed.sol";
import {Roles} from "./access/Roles.sol";

/// @notice See {IDisputes}.
contract Disputes is IDisputes, Governed {
    using SafeERC20 for IERC20;

    uint256 private constant WHOLE_PPM = 1_000_000;
    bytes32 private constant RECEIPT_TYPEHASH = keccak256("Receipt(bytes32 id)");
    bytes32 private constant DOMAIN_TYPEHASH = keccak256("EIP712Domain(string name,string version,uint256 chainId)");

    IERC20 public immutable token;
    IRewardVault public immutable vault;
    IStaking public immutable staking;
    address public immutable treasury;
    Terms private _terms;

    uint256 public count;
    uint256 public bondedWei;
    mapping(uint256 id => Dispute) private _disputes;
    /// @dev By the key of what is challenged.
    mapping(bytes32 key => uint256) private _openOn;
    mapping(bytes32 key => bool) private _closed;
    mapping(address account => uint256) public payableWei;

    /// @param timelock Admin of the roles, and the treasury.
    constructor(
        IERC20 token_,
        IRewardVault vault_,
        IStaking staking_,
        address timelock,
        address[] memory resolvers,
        Terms memory terms_
    ) Governed(timelock) {
        bool isSound = terms_.bondWei != 0 && terms_.answerSeconds != 0 && terms_.decideSeconds != 0
            && terms_.winnerPpm <= WHOLE_PPM && terms_.slashPpm <= WHOLE_PPM && terms_.finderPpm <= WHOLE_PPM / 2;
        if (!isSound) revert BadTerms();
        token = token_;
        vault = vault_;
        staking = staking_;
        treasury = timelock;
        _terms = terms_;
        _grantAll(Roles.RESOLVER, resolvers);
    }

    /// @inheritdoc IDisputes
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @inheritdoc IDisputes
    function disputeOf(uint256 id) external view returns (Dispute memory) {
        return _disputes[id];
    }

    /// @inheritdoc IDisputes
    function openOnRoot(uint64 epoch, bytes32 root) external view returns (uint256) {
        return _openOn[_rootKey(epoch, root)];
    }

    /// @inheritdoc IDisputes
    function openOnReceipt(bytes32 receipt, address server) external view returns (uint256) {
        return _openOn[_receiptKey(receipt, server)];
    }

    /// @inheritdoc IDisputes
    function openRoot(uint64 epoch, bytes32 root, bytes32 evidence) external returns (uint256 id) {
        IRewardVault.Proposal memory proposed = vault.proposal();
        if (proposed.epoch != epoch || proposed.root != root || root == 0) revert OtherRoot(proposed.root);
        id = _open(Kind.Root, epoch, root, proposed.proposer, evidence, _rootKey(epoch, root));
    }

    /// @inheritdoc IDisputes
    function openReceipt(bytes32 receipt, bytes calldata signature, bytes32 evidence) external returns (uint256 id) {
        bytes32 domain = keccak256(
            abi.encode(DOMAIN_TYPEHASH, keccak256("Tributary receipt"), keccak256("1"), block.chainid)
        );
        bytes32 structHash = keccak256(abi.encode(RECEIPT_TYPEHASH, receipt));
        address server = ECDSA.recover(MessageHashUtils.toTypedDataHash(domain, structHash), signature);
        id = _open(Kind.Receipt, 0, receipt, server, evidence, _receiptKey(receipt, server));
    }

    /// @inheritdoc IDisputes
    function answer(uint256 id, bytes32 answer_) external {
        Dispute storage d = _disputes[id];
        if (d.state != State.Open) revert NotOpen(id, d.state);
        if (msg.sender != d.accused) revert NotTheAccused(msg.sender);
        if (block.timestamp >= d.answerUntil) revert TimeOver(d.answerUntil);
        if (answer_ == 0) revert EmptyEvidence();
        d.state = State.Answered;
        d.answer = answer_;
        d.decideUntil = uint64(block.timestamp + _terms.decideSeconds);
        emit Answered(id, answer_, d.decideUntil);
        _takeBond();
    }

    /// @inheritdoc IDisputes
    function concede(uint256 id) external {
        Dispute storage d = _disputes[id];
        if (d.state != State.Open && d.state != State.Answered) revert NotOpen(id, d.state);
        if (msg.sender != d.accused) revert NotTheAccused(msg.sender);
        _uphold(id, msg.sender, true);
    }

    /// @inheritdoc IDisputes
    function decide(uint256 id, bool upheld, bool withSlash) external onlyRole(Roles.RESOLVER) {
        Dispute storage d = _disputes[id];
        if (d.state != State.Answered) revert NotAnswered(id, d.state);
        if (msg.sender == d.challenger || msg.sender == d.accused) revert IsParty(msg.sender);
        if (block.timestamp >= d.decideUntil) revert TimeOver(d.decideUntil);
        if (upheld) _uphold(id, msg.sender, withSlash);
        else _dismiss(id);
    }

    /// @inheritdoc IDisputes
    function expire(uint256 id) external {
        Dispute storage d = _disputes[id];
        if (d.state == State.Open) {
            if (block.timestamp < d.answerUntil) revert TimeRuns(d.answerUntil);
            _uphold(id, address(0), true);
        } else if (d.state == State.Answered) {
            if (block.timestamp < d.decideUntil) revert TimeRuns(d.decideUntil);
            _leaveUndecided(id);
        } else {
            revert NotOpen(id, d.state);
        }
    }

    /// @inheritdoc IDisputes
    function withdraw(address account) external returns (uint256 amountWei) {
        amountWei = payableWei[account];
        if (amountWei == 0) revert NothingToWithdraw(account);
        payableWei[account] = 0;
        emit Withdrawn(account, amountWei);
        token.safeTransfer(account, amountWei);
    }

    function _open(Kind kind, uint64 epoch, bytes32 subject, address accused, bytes32 evidence, bytes32 key)
        private
        returns (uint256 id)
    {
        if (evidence == 0) revert EmptyEvidence();
        if (_openOn[key] != 0) revert AlreadyOpen(_openOn[key]);
        if (_closed[key]) revert Closed(subject);
        id = ++count;
        _openOn[key] = id;
        Dispute storage d = _disputes[id];
        d.kind = kind;
        d.state = State.Open;
        d.epoch = epoch;
        d.challenger = msg.sender;
        d.accused = accused;
        d.subject = subject;
        d.evidence = evidence;
        d.answerUntil = uint64(block.timestamp + _terms.answerSeconds);
        emit Opened(id, kind, subject, epoch, msg.sender, accused, evidence, d.answerUntil);
        staking.freeze(accused, _roleOf(kind));
        if (kind == Kind.Root) vault.hold(epoch);
        _takeBond();
    }

    /// @dev For the challenger. A root may be proposed and challenged anew, a receipt is closed.
    function _uphold(uint256 id, address by, bool withSlash) private {
        Dispute storage d = _disputes[id];
        bool answered = d.state == State.Answered;
        bytes32 key = _end(id, State.Upheld);
        _return(d.challenger);
        if (answered) _share(d.challenger);
        uint256 slashedWei = withSlash ? staking.slash(d.accused, _roleOf(d.kind), _terms.slashPpm) : 0;
        d.slashedWei = uint128(slashedWei);
        uint256 finderWei = slashedWei * _terms.finderPpm / WHOLE_PPM;
        payableWei[d.challenger] += finderWei;
        payableWei[treasury] += slashedWei - finderWei;
        emit Ended(id, State.Upheld, by, slashedWei);
        if (d.kind == Kind.Root) vault.reject(d.epoch);
        else _closed[key] = true;
    }

    /// @dev For the accused. Others may challenge what was challenged, if they have a bond and better evidence.
    function _dismiss(uint256 id) private {
        Dispute storage d = _disputes[id];
        _end(id, State.Dismissed);
        _return(d.accused);
        _share(d.accused);
        emit Ended(id, State.Dismissed, msg.sender, 0);
        if (d.kind == Kind.Root) vault.release(d.epoch, false);
    }

    /// @dev A resolver who is silent must not let anybody hold a root again and again for nothing.
    function _leaveUndecided(uint256 id) private {
        Dispute storage d = _disputes[id];
        _end(id, State.Undecided);
        _return(d.challenger);
        _return(d.accused);
        emit Ended(id, State.Undecided, address(0), 0);
        if (d.kind == Kind.Root) vault.release(d.epoch, true);
    }

    /// @return key Of what was challenged.
    function _end(uint256 id, State state) private returns (bytes32 key) {
        Dispute storage d = _disputes[id];
        key = d.kind == Kind.Root ? _rootKey(d.epoch, d.subject) : _receiptKey(d.subject, d.accused);
        d.state = state;
        delete _openOn[key];
        staking.unfreeze(d.accused, _roleOf(d.kind));
    }

    function _takeBond() private {
        bondedWei += _terms.bondWei;
        token.safeTransferFrom(msg.sender, address(this), _terms.bondWei);
    }

    /// @dev A party's own bond.
    function _return(address party) private {
        bondedWei -= _terms.bondWei;
        payableWei[party] += _terms.bondWei;
    }

    /// @dev The loser's bond.
    function _share(address winner) private {
        bondedWei -= _terms.bondWei;
        uint256 partWei = uint256(_terms.bondWei) * _terms.winnerPpm / WHOLE_PPM;
        payableWei[winner] += partWei;
        payableWei[treasury] += _terms.bondWei - partWei;
    }

    function _roleOf(Kind kind) private pure returns (IStaking.Role) {
        return kind == Kind.Root ? IStaking.Role.Attributor : IStaking.Role.Server;
    }

    function _rootKey(uint64 epoch, bytes32 root) private pure returns (bytes32) {
        return keccak256(abi.encode(Kind.Root, epoch, root));
    }

    function _receiptKey(bytes32 receipt, address server) private pure returns (bytes32) {
        return keccak256(abi.encode(Kind.Receipt, receipt, server));
    }
}
