// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IModelRegistry} from "./IModelRegistry.sol";

/// @title A bond that an adapter set is what its plan makes, and strangers who train drawn members of it again.
/// @notice The set of an adapter has 1 + K members: member 0 is the adapter itself, member g + 1 the counterfactual
/// adapter without group g. Who answers for the adapter posts a bond on the registered digests. The hash of a later
/// block draws some members. Anybody with a bond may train a drawn one again from the published plan and say, sealed
/// and then opened, which digest that gave. All amounts in wei of the token.
///
/// A case, one for each drawn member, ends
/// - `Attested`: at least one report, and none differs from the committed digest; or the committed digest has more than
///   half of the opened reports at the end of two rounds running;
/// - `Upheld`: one other digest has more than half of the opened reports at the end of two rounds running, so that
///   nobody loses a bond to an objection that could not be answered;
/// - `Unverified`: nobody opened a report in the first round.
/// Everything else, a tie as well, opens another round; reports of earlier rounds count on.
///
/// Whoever said the digest that won gets the bond back and an equal part of `finderPpm` of the bonds of those who said
/// another or did not open. Where a case is upheld the poster loses the whole bond: each drawn member stands for an
/// equal part of it, and of that part `finderPpm` goes to those who said the digest in the first round in which
/// anybody did. All parts are rounded down; the treasury gets what is left.
interface IRetrainBond {
    /// @param minBondWei The least that is posted for an adapter.
    /// @param reportBondWei Locked by each report.
    /// @param picks Members that are drawn, or all where a set has fewer.
    /// @param drawDelayBlocks From the posting to the block whose hash draws, at least 1.
    /// @param commitSeconds Time in which reports are sealed, in each round.
    /// @param revealSeconds Time after that in which they are opened.
    /// @param finderPpm Part of what is lost that goes to reporters, at most a half: a poster who reports against
    /// itself gets no more than that back.
    struct Terms {
        uint128 minBondWei;
        uint128 reportBondWei;
        uint32 picks;
        uint32 drawDelayBlocks;
        uint32 commitSeconds;
        uint32 revealSeconds;
        uint32 finderPpm;
    }

    /// @param plan Digest of the run's plan: recipe, seed, order, samples, groups and the seed that dealt them.
    /// @param machine Digest of the stamp of the engine that trained: bits are claimed for its class of machine.
    /// @param bundle Digest of the file from which the set can be trained again.
    /// @param leaves keccak256 of the packed digests of the counterfactual adapters.
    /// @param lockedWei What is still at stake.
    /// @param drawBlock Its hash draws. @param members 1 + K. @param open Cases that have not ended.
    struct Bond {
        bytes32 plan;
        bytes32 machine;
        bytes32 bundle;
        bytes32 leaves;
        address poster;
        uint128 bondWei;
        uint128 lockedWei;
        uint64 drawBlock;
        uint32 members;
        uint32 drawn;
        uint32 open;
        bool slashed;
    }

    enum Outcome {
        None,
        Open,
        Unverified,
        Attested,
        Upheld
    }

    /// @param committed The digest on the registry. @param leader The digest with most opened reports.
    /// @param standing The digest that had more than half at the end of the last round, or 0.
    /// @param reports Sealed ones, of all rounds. @param revealed How many of them were opened.
    /// @param rightWei What each right report gets beside its own bond. @param finderWei The same for the finders.
    struct Case {
        bytes32 committed;
        bytes32 leader;
        bytes32 standing;
        uint32 member;
        uint32 round;
        uint32 reports;
        uint32 revealed;
        uint64 commitEnds;
        uint64 revealEnds;
        Outcome outcome;
        uint128 rightWei;
        uint128 finderWei;
    }

    struct Report {
        bytes32 seal;
        bytes32 digest;
        uint32 round;
        bool settled;
    }

    /// @param firstRound The first round in which somebody said this digest. @param firstCount How many did then.
    struct Tally {
        uint32 count;
        uint32 firstRound;
        uint32 firstCount;
    }

    /// @param leaves Digests of the counterfactual adapters: with the event, everyone has them.
    event BondPosted(
        bytes32 indexed adapter,
        address indexed poster,
        uint256 bondWei,
        bytes32 plan,
        bytes32 machine,
        bytes32 bundle,
        bytes32[] leaves,
        uint256 drawBlock
    );
    /// @notice Nobody drew while the hash could be had: another block draws.
    event DrawMoved(bytes32 indexed adapter, uint256 drawBlock);
    event MembersDrawn(bytes32 indexed adapter, bytes32 seed, uint256[] members, uint256 commitEnds, uint256 revealEnds);
    event ReportSealed(bytes32 indexed adapter, uint256 indexed slot, address indexed reporter, uint256 round);
    event ReportOpened(bytes32 indexed adapter, uint256 indexed slot, address indexed reporter, bytes32 digest);
    event RoundOpened(bytes32 indexed adapter, uint256 indexed slot, uint256 round, uint256 commitEnds, uint256 revealEnds);
    event CaseEnded(bytes32 indexed adapter, uint256 indexed slot, Outcome outcome, bytes32 digest, uint256 reports);
    event BondReturned(bytes32 indexed adapter, address indexed poster, uint256 amountWei);
    event BondSlashed(bytes32 indexed adapter, uint256 indexed slot, uint256 partWei);
    event ReportSettled(bytes32 indexed adapter, uint256 indexed slot, address indexed reporter, uint256 amountWei);
    event Withdrawn(address indexed account, uint256 amountWei);

    error BadTerms();
    error UnknownAdapter(bytes32 adapter);
    error NotAnswerable(address sender);
    error AlreadyPosted(bytes32 adapter);
    error NotPosted(bytes32 adapter);
    error EmptyDigest();
    error BondTooSmall(uint256 bondWei, uint256 minBondWei);
    error OtherSet(bytes32 root, bytes32 registered);
    error OtherLeaves();
    error AlreadyDrawn(bytes32 adapter);
    error TooEarly(uint256 drawBlock);
    error HashGone(uint256 drawBlock);
    error HashThere(uint256 drawBlock);
    error NoCase(bytes32 adapter, uint256 slot);
    error CaseOver(Outcome outcome);
    error CaseOpen();
    error SealingOver(uint256 commitEnds);
    error NotOpening(uint256 from, uint256 until);
    error RoundRuns(uint256 until);
    error AlreadyReported(address reporter);
    error NoReport(address reporter);
    error OtherSeal();
    error AlreadyOpened();
    error AlreadySettled();
    error NothingToWithdraw(address account);

    function token() external view returns (IERC20);
    function models() external view returns (IModelRegistry);
    function treasury() external view returns (address);
    function terms() external view returns (Terms memory);

    function bond(bytes32 adapter) external view returns (Bond memory);
    function caseOf(bytes32 adapter, uint256 slot) external view returns (Case memory);
    function reportOf(bytes32 adapter, uint256 slot, address reporter) external view returns (Report memory);
    function tallyOf(bytes32 adapter, uint256 slot, bytes32 digest) external view returns (Tally memory);

    /// @return What `withdraw` would pay this account.
    function payableWei(address account) external view returns (uint256);

    /// @return What `settle` would credit for this report; 0 while the case is open.
    function dueWei(bytes32 adapter, uint256 slot, address reporter) external view returns (uint256);

    /// @notice Posts the bond of a registered adapter, once. Only its model owner or an operator of the registry.
    /// @param leaves Digests of the K counterfactual adapters by group; their root must be the registered one.
    function post(
        bytes32 adapter,
        uint128 bondWei,
        bytes32 plan,
        bytes32 machine,
        bytes32 bundle,
        bytes32[] calldata leaves
    ) external;

    /// @notice Draws by the hash of the draw block, once it is there and for 256 blocks. Anybody.
    function draw(bytes32 adapter, bytes32[] calldata leaves) external;

    /// @notice Names a later block where nobody drew within 256. Anybody, so a poster who waits for a better hash has
    /// to hope that nobody draws.
    function moveDraw(bytes32 adapter) external;

    /// @notice Locks a report's bond on a sealed digest. One report for an account and a case.
    /// @param seal As `sealOf` makes it.
    function commit(bytes32 adapter, uint256 slot, bytes32 seal) external;

    /// @notice Opens a sealed report in its own round. A report that is never opened loses its bond.
    function reveal(bytes32 adapter, uint256 slot, bytes32 digest, bytes32 salt) external;

    /// @notice Ends the case or opens its next round, after the time for opening. Anybody.
    function resolve(bytes32 adapter, uint256 slot) external;

    /// @notice Credits what a report is due after the case has ended. Anybody, for anybody.
    function settle(bytes32 adapter, uint256 slot, address reporter) external;

    /// @notice Pays an account what it has been credited. Anybody, to that account alone.
    function withdraw(address account) external returns (uint256 amountWei);

    /// @return keccak256 of chain, contract, adapter, slot, reporter, digest and salt: nobody can seal what another did.
    function sealOf(bytes32 adapter, uint256 slot, address reporter, bytes32 digest, bytes32 salt)
        external
        view
        returns (bytes32);

    /// @return Root of the tree of RFC 9162 over the digests: leaf sha256(0 | digest), node sha256(1 | left | right).
    function rootOf(bytes32[] memory leaves) external pure returns (bytes32);

    /// @return `picks` different numbers below `members`: step i of a Fisher-Yates shuffle swaps place i with place
    /// i + keccak256(seed, i) mod (members - i).
    function drawn(bytes32 seed, uint256 members, uint256 picks) external pure returns (uint256[] memory);
}
