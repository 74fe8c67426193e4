// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRuleRegistry} from "./IRuleRegistry.sol";

/// @notice See {IRuleRegistry}.
contract RuleRegistry is IRuleRegistry {
    uint256 private constant WHOLE_PPM = 1_000_000;

    address public immutable timelock;
    uint256 public immutable maxTreasuryPpm;
    uint256 public immutable maxOperatorPpm;

    mapping(Kind kind => Adoption[]) private _adoptions;
    /// @dev keccak256 of the parts that a digest was adopted with; 0 where it never was.
    mapping(Kind kind => mapping(bytes32 digest => bytes32)) private _partsOf;

    /// @param rule Digest of the revenue rule at genesis, with its parts. @param engine The same of the engine.
    constructor(
        address timelock_,
        uint256 maxTreasuryPpm_,
        uint256 maxOperatorPpm_,
        bytes32 rule,
        Parts memory parts,
        bytes32 engine
    ) {
        if (maxTreasuryPpm_ + maxOperatorPpm_ > WHOLE_PPM) revert CeilingOverWhole(maxTreasuryPpm_ + maxOperatorPpm_);
        timelock = timelock_;
        maxTreasuryPpm = maxTreasuryPpm_;
        maxOperatorPpm = maxOperatorPpm_;
        _checkParts(parts, maxTreasuryPpm_, maxOperatorPpm_);
        _adopt(Kind.RevenueRule, rule, parts, 0);
        _adopt(Kind.Engine, engine, Parts(0, 0, 0, 0), 0);
    }

    modifier onlyTimelock() {
        if (msg.sender != timelock) revert OnlyTimelock(msg.sender);
        _;
    }

    /// @inheritdoc IRuleRegistry
    function adoptRule(bytes32 digest, Parts calldata parts, bytes32 report) external onlyTimelock {
        if (report == 0) revert EmptyReport();
        _checkParts(parts, maxTreasuryPpm, maxOperatorPpm);
        _adopt(Kind.RevenueRule, digest, parts, report);
    }

    /// @inheritdoc IRuleRegistry
    function adoptEngine(bytes32 digest, bytes32 report) external onlyTimelock {
        if (report == 0) revert EmptyReport();
        _adopt(Kind.Engine, digest, Parts(0, 0, 0, 0), report);
    }

    /// @inheritdoc IRuleRegistry
    function current(Kind kind) external view returns (bytes32) {
        return _adoptions[kind][_adoptions[kind].length - 1].digest;
    }

    /// @inheritdoc IRuleRegistry
    function isAdopted(Kind kind, bytes32 digest) external view returns (bool) {
        return _partsOf[kind][digest] != 0;
    }

    /// @inheritdoc IRuleRegistry
    function count(Kind kind) external view returns (uint256) {
        return _adoptions[kind].length;
    }

    /// @inheritdoc IRuleRegistry
    function adoption(Kind kind, uint256 index) external view returns (Adoption memory) {
        return _adoptions[kind][index];
    }

    function _checkParts(Parts memory p, uint256 maxTreasury, uint256 maxOperators) private pure {
        uint256 operatorPpm = uint256(p.serverPpm) + p.modelOwnerPpm;
        uint256 sumPpm = operatorPpm + p.treasuryPpm + p.contributorsPpm;
        if (sumPpm != WHOLE_PPM) revert NotTheWhole(sumPpm);
        if (p.treasuryPpm > maxTreasury) revert TreasuryOverCeiling(p.treasuryPpm, maxTreasury);
        if (operatorPpm > maxOperators) revert OperatorsOverCeiling(operatorPpm, maxOperators);
    }

    function _adopt(Kind kind, bytes32 digest, Parts memory parts, bytes32 report) private {
        if (digest == 0) revert EmptyDigest();
        Adoption[] storage list = _adoptions[kind];
        if (list.length != 0 && list[list.length - 1].digest == digest) revert AlreadyCurrent(digest);
        bytes32 hash = keccak256(abi.encode(parts));
        bytes32 known = _partsOf[kind][digest];
        if (known != 0 && known != hash) revert OtherParts(digest);
        _partsOf[kind][digest] = hash;
        list.push(Adoption(digest, report, parts, uint64(block.timestamp)));
        emit Adopted(kind, list.length - 1, digest, report, parts);
    }
}
