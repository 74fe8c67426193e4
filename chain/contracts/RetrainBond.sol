// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {IRetrainBond} from "./IRetrainBond.sol";
import {Roles} from "./access/Roles.sol";

/// @notice See {IRetrainBond}.
contract RetrainBond is IRetrainBond {
    using SafeERC20 for IERC20;

    uint256 private constant WHOLE_PPM = 1_000_000;
    /// @dev A chain keeps the hashes of so many blocks.
    uint256 private constant HASHES = 256;

    IERC20 public immutable token;
    IModelRegistry public immutable models;
    address public immutable treasury;
    Terms private _terms;

    mapping(bytes32 adapter => Bond) private _bonds;
    mapping(bytes32 adapter => mapping(uint256 slot => Case)) private _cases;
    mapping(bytes32 adapter => mapping(uint256 slot => mapping(address reporter => Report))) private _reports;
    mapping(bytes32 adapter => mapping(uint256 slot => mapping(bytes32 digest => Tally))) private _tallies;
    mapping(address account => uint256) public payableWei;

    constructor(IERC20 token_, IModelRegistry models_, address treasury_, Terms memory terms_) {
        bool isSound = terms_.minBondWei != 0 && terms_.reportBondWei != 0 && terms_.picks != 0
            && terms_.drawDelayBlocks != 0 && terms_.commitSeconds != 0 && terms_.revealSeconds != 0
            && terms_.finderPpm <= WHOLE_PPM / 2;
        if (!isSound || treasury_ == address(0)) revert BadTerms();
        token = token_;
        models = models_;
        treasury = treasury_;
        _terms = terms_;
    }

    /// @inheritdoc IRetrainBond
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @inheritdoc IRetrainBond
    function bond(bytes32 adapter) external view returns (Bond memory) {
        return _bonds[adapter];
    }

    /// @inheritdoc IRetrainBond
    function caseOf(bytes32 adapter, uint256 slot) external view returns (Case memory) {
        return _cases[adapter][slot];
    }

    /// @inheritdoc IRetrainBond
    function reportOf(bytes32 adapter, uint256 slot, address reporter) external view returns (Report memory) {
        return _reports[adapter][slot][reporter];
    }

    /// @inheritdoc IRetrainBond
    function tallyOf(bytes32 adapter, uint256 slot, bytes32 digest) external view returns (Tally memory) {
        return _tallies[adapter][slot][digest];
    }

    /// @inheritdoc IRetrainBond
    function post(
        bytes32 adapter,
        uint128 bondWei,
        bytes32 plan,
        bytes32 machine,
        bytes32 bundle,
        bytes32[] calldata leaves
    ) external {
        IModelRegistry.Model memory m = models.model(adapter);
        if (m.blockNumber == 0) revert UnknownAdapter(adapter);
        if (msg.sender != m.modelOwner && !IAccessControl(address(models)).hasRole(Roles.OPERATOR, msg.sender)) {
            revert NotAnswerable(msg.sender);
        }
        if (_bonds[adapter].poster != address(0)) revert AlreadyPosted(adapter);
        if (plan == 0 || machine == 0 || bundle == 0) revert EmptyDigest();
        if (bondWei < _terms.minBondWei) revert BondTooSmall(bondWei, _terms.minBondWei);
        bytes32 root = rootOf(leaves);
        if (root != m.counterfactuals) revert OtherSet(root, m.counterfactuals);

        Bond storage b = _bonds[adapter];
        b.plan = plan;
        b.machine = machine;
        b.bundle = bundle;
        b.leaves = keccak256(abi.encodePacked(leaves));
        b.poster = msg.sender;
        b.bondWei = bondWei;
        b.lockedWei = bondWei;
        b.drawBlock = uint64(block.number + _terms.drawDelayBlocks);
        b.members = uint32(leaves.length + 1);
        emit BondPosted(adapter, msg.sender, bondWei, plan, machine, bundle, leaves, b.drawBlock);
        token.safeTransferFrom(msg.sender, address(this), bondWei);
    }

    /// @inheritdoc IRetrainBond
    function draw(bytes32 adapter, bytes32[] calldata leaves) external {
        Bond storage b = _undrawn(adapter);
        if (keccak256(abi.encodePacked(leaves)) != b.leaves) revert OtherLeaves();
        if (block.number <= b.drawBlock) revert TooEarly(b.drawBlock);
        bytes32 hash = blockhash(b.drawBlock);
        if (hash == 0) revert HashGone(b.drawBlock);

        bytes32 seed = keccak256(abi.encode(hash, adapter));
        uint256 picks = _terms.picks < b.members ? _terms.picks : b.members;
        uint256[] memory members = drawn(seed, b.members, picks);
        uint64 commitEnds = uint64(block.timestamp + _terms.commitSeconds);
        uint64 revealEnds = commitEnds + _terms.revealSeconds;
        for (uint256 slot = 0; slot < picks; slot++) {
            Case storage c = _cases[adapter][slot];
            c.committed = members[slot] == 0 ? adapter : leaves[members[slot] - 1];
            c.member = uint32(members[slot]);
            c.round = 1;
            c.commitEnds = commitEnds;
            c.revealEnds = revealEnds;
            c.outcome = Outcome.Open;
        }
        b.drawn = uint32(picks);
        b.open = uint32(picks);
        emit MembersDrawn(adapter, seed, members, commitEnds, revealEnds);
    }

    /// @inheritdoc IRetrainBond
    function moveDraw(bytes32 adapter) external {
        Bond storage b = _undrawn(adapter);
        if (block.number <= b.drawBlock + HASHES) revert HashThere(b.drawBlock);
        b.drawBlock = uint64(block.number + _terms.drawDelayBlocks);
        emit DrawMoved(adapter, b.drawBlock);
    }

    /// @inheritdoc IRetrainBond
    function commit(bytes32 adapter, uint256 slot, bytes32 seal) external {
        Case storage c = _openCase(adapter, slot);
        if (seal == 0) revert EmptyDigest();
        if (block.timestamp >= c.commitEnds) revert SealingOver(c.commitEnds);
        Report storage r = _reports[adapter][slot][msg.sender];
        if (r.seal != 0) revert AlreadyReported(msg.sender);
        r.seal = seal;
        r.round = c.round;
        c.reports++;
        emit ReportSealed(adapter, slot, msg.sender, c.round);
        token.safeTransferFrom(msg.sender, address(this), _terms.reportBondWei);
    }

    /// @inheritdoc IRetrainBond
    function reveal(bytes32 adapter, uint256 slot, bytes32 digest, bytes32 salt) external {
        Case storage c = _openCase(adapter, slot);
        Report storage r = _reports[adapter][slot][msg.sender];
        if (r.seal == 0) revert NoReport(msg.sender);
        if (r.digest != 0) revert AlreadyOpened();
        if (r.round != c.round || block.timestamp < c.commitEnds || block.timestamp >= c.revealEnds) {
            revert NotOpening(c.commitEnds, c.revealEnds);
        }
        if (digest == 0) revert EmptyDigest();
        if (r.seal != sealOf(adapter, slot, msg.sender, digest, salt)) revert OtherSeal();
        r.digest = digest;
        c.revealed++;
        Tally storage t = _tallies[adapter][slot][digest];
        if (t.count == 0) t.firstRound = c.round;
        if (t.firstRound == c.round) t.firstCount++;
        t.count++;
        if (t.count > _tallies[adapter][slot][c.leader].count || c.leader == 0) c.leader = digest;
        emit ReportOpened(adapter, slot, msg.sender, digest);
    }

    /// @inheritdoc IRetrainBond
    function resolve(bytes32 adapter, uint256 slot) external {
        Case storage c = _openCase(adapter, slot);
        if (block.timestamp < c.revealEnds) revert RoundRuns(c.revealEnds);
        bool isContested = c.revealed != _tallies[adapter][slot][c.committed].count;
        bytes32 standing = uint256(_tallies[adapter][slot][c.leader].count) * 2 > c.revealed ? c.leader : bytes32(0);
        if (c.revealed == 0) {
            _end(adapter, slot, Outcome.Unverified);
        } else if (!isContested || (standing != 0 && standing == c.standing)) {
            _end(adapter, slot, c.leader == c.committed ? Outcome.Attested : Outcome.Upheld);
        } else {
            c.standing = standing;
            c.round++;
            c.commitEnds = uint64(block.timestamp + _terms.commitSeconds);
            c.revealEnds = c.commitEnds + _terms.revealSeconds;
            emit RoundOpened(adapter, slot, c.round, c.commitEnds, c.revealEnds);
        }
    }

    /// @dev Fixes what every report is due, gives the treasury the rest, and returns or takes the bond.
    function _end(bytes32 adapter, uint256 slot, Outcome outcome) private {
        Bond storage b = _bonds[adapter];
        Case storage c = _cases[adapter][slot];
        Tally memory won;
        if (outcome != Outcome.Unverified) won = _tallies[adapter][slot][c.leader];
        c.outcome = outcome;
        b.open--;

        uint256 lostWei = uint256(c.reports - won.count) * _terms.reportBondWei;
        if (won.count != 0) c.rightWei = uint128((lostWei * _terms.finderPpm) / WHOLE_PPM / won.count);
        uint256 restWei = lostWei - uint256(c.rightWei) * won.count;
        if (outcome == Outcome.Upheld) {
            uint128 partWei = b.bondWei / b.drawn;
            c.finderWei = uint128((uint256(partWei) * _terms.finderPpm) / WHOLE_PPM / won.firstCount);
            restWei += partWei - uint256(c.finderWei) * won.firstCount;
            b.lockedWei -= partWei;
            b.slashed = true;
            emit BondSlashed(adapter, slot, partWei);
        }
        if (b.open == 0) {
            uint256 leftWei = b.lockedWei;
            b.lockedWei = 0;
            if (b.slashed) {
                restWei += leftWei;
            } else {
                payableWei[b.poster] += leftWei;
                emit BondReturned(adapter, b.poster, leftWei);
            }
        }
        if (restWei != 0) payableWei[treasury] += restWei;
        emit CaseEnded(adapter, slot, outcome, c.leader, c.reports);
    }

    /// @inheritdoc IRetrainBond
    function settle(bytes32 adapter, uint256 slot, address reporter) external {
        Report storage r = _reports[adapter][slot][reporter];
        if (r.seal == 0) revert NoReport(reporter);
        if (_cases[adapter][slot].outcome == Outcome.Open) revert CaseOpen();
        if (r.settled) revert AlreadySettled();
        uint256 amountWei = dueWei(adapter, slot, reporter);
        r.settled = true;
        payableWei[reporter] += amountWei;
        emit ReportSettled(adapter, slot, reporter, amountWei);
    }

    /// @inheritdoc IRetrainBond
    function withdraw(address account) external returns (uint256 amountWei) {
        amountWei = payableWei[account];
        if (amountWei == 0) revert NothingToWithdraw(account);
        payableWei[account] = 0;
        emit Withdrawn(account, amountWei);
        token.safeTransfer(account, amountWei);
    }

    /// @inheritdoc IRetrainBond
    function dueWei(bytes32 adapter, uint256 slot, address reporter) public view returns (uint256) {
        Case storage c = _cases[adapter][slot];
        Report storage r = _reports[adapter][slot][reporter];
        bool isRight = (c.outcome == Outcome.Attested || c.outcome == Outcome.Upheld) && r.digest != 0
            && r.digest == c.leader && !r.settled;
        if (!isRight) return 0;
        bool isFinder = r.round == _tallies[adapter][slot][c.leader].firstRound;
        return uint256(_terms.reportBondWei) + c.rightWei + (isFinder ? c.finderWei : 0);
    }

    /// @inheritdoc IRetrainBond
    function sealOf(bytes32 adapter, uint256 slot, address reporter, bytes32 digest, bytes32 salt)
        public
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(block.chainid, address(this), adapter, slot, reporter, digest, salt));
    }

    /// @inheritdoc IRetrainBond
    function rootOf(bytes32[] memory leaves) public pure returns (bytes32) {
        uint256 width = leaves.length;
        if (width == 0) revert EmptyDigest();
        bytes32[] memory level = new bytes32[](width);
        for (uint256 i = 0; i < width; i++) level[i] = sha256(abi.encodePacked(bytes1(0), leaves[i]));
        while (width > 1) {
            for (uint256 i = 0; i + 1 < width; i += 2) {
                level[i / 2] = sha256(abi.encodePacked(bytes1(0x01), level[i], level[i + 1]));
            }
            if (width % 2 == 1) level[width / 2] = level[width - 1];
            width = (width + 1) / 2;
        }
        return level[0];
    }

    /// @inheritdoc IRetrainBond
    function drawn(bytes32 seed, uint256 members, uint256 picks) public pure returns (uint256[] memory picked) {
        uint256[] memory order = new uint256[](members);
        for (uint256 i = 0; i < members; i++) order[i] = i;
        picked = new uint256[](picks);
        for (uint256 i = 0; i < picks; i++) {
            uint256 j = i + uint256(keccak256(abi.encode(seed, i))) % (members - i);
            picked[i] = order[j];
            order[j] = order[i];
        }
    }

    function _undrawn(bytes32 adapter) private view returns (Bond storage b) {
        b = _bonds[adapter];
        if (b.poster == address(0)) revert NotPosted(adapter);
        if (b.drawn != 0) revert AlreadyDrawn(adapter);
    }

    function _openCase(bytes32 adapter, uint256 slot) private view returns (Case storage c) {
        c = _cases[adapter][slot];
        if (c.outcome == Outcome.None) revert NoCase(adapter, slot);
        if (c.outcome != Outcome.Open) revert CaseOver(c.outcome);
    }
}
