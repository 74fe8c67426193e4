// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IRewardVault} from "./IRewardVault.sol";
import {IStaking} from "./IStaking.sol";

/// @title Bonded challenges of a proposed root or of a signed receipt.
/// @notice Anybody with a bond may challenge, naming the digest of the evidence. A challenged root is held: it can't become
/// final. The accused, who proposed the root or signed the receipt, may answer with a bond of the same size until
/// `answerUntil`; who does not, loses. A resolver who is no party then decides until `decideUntil`; if none does, both get
/// their bonds back and the root is released, never to be held again.
///
/// The winner gets its own bond back and `winnerPpm` of the loser's, the treasury the rest: to challenge or to accuse oneself,
/// only to keep others out, costs that rest each time. Where the challenger wins, `slashPpm` of the accused's stake may be
/// taken, of which the challenger gets `finderPpm` and the treasury the rest. Parts are rounded down, rests are exact.
/// One dispute at a time for each root or receipt. All amounts in wei; tokens that take a fee on transfers are not supported.
interface IDisputes {
    enum Kind {
        Root,
        Receipt
    }

    /// @dev Open: the accused may answer. Answered: a resolver may decide. The others are ends: Upheld for the challenger,
    /// Dismissed for the accused, Undecided for nobody.
    enum State {
        None,
        Open,
        Answered,
        Upheld,
        Dismissed,
        Undecided
    }

    /// @param bondWei Of each party. @param answerSeconds The accused's time. @param decideSeconds The resolver's time.
    /// @param winnerPpm Of the loser's bond, for the winner. @param slashPpm Of the accused's stake, for both kinds.
    /// @param finderPpm Of what is slashed, for the challenger; at most a half, so that accusing oneself never pays.
    struct Terms {
        uint128 bondWei;
        uint32 answerSeconds;
        uint32 decideSeconds;
        uint32 winnerPpm;
        uint32 slashPpm;
        uint32 finderPpm;
    }

    /// @param subject The root, or the receipt's id. @param epoch Of the root; 0 for a receipt.
    /// @param evidence Digest of what the challenger says. @param answer Digest of what the accused says; 0 without one.
    /// @param slashedWei What was taken of the accused's stake.
    struct Dispute {
        Kind kind;
        State state;
        uint64 epoch;
        address challenger;
        address accused;
        bytes32 subject;
        bytes32 evidence;
        bytes32 answer;
        uint64 answerUntil;
        uint64 decideUntil;
        uint128 slashedWei;
    }

    event Opened(
        uint256 indexed id,
        Kind indexed kind,
        bytes32 indexed subject,
        uint64 epoch,
        address challenger,
        address accused,
        bytes32 evidence,
        uint256 answerUntil
    );
    event Answered(uint256 indexed id, bytes32 answer, uint256 decideUntil);
    /// @param by Who decided; the accused where it conceded, 0 where a time ran out.
    event Ended(uint256 indexed id, State state, address by, uint256 slashedWei);
    event Withdrawn(address indexed account, uint256 amountWei);

    error BadTerms();
    error EmptyEvidence();
    error OtherRoot(bytes32 proposed);
    error AlreadyOpen(uint256 id);
    error Closed(bytes32 subject);
    error NotOpen(uint256 id, State state);
    error NotAnswered(uint256 id, State state);
    error NotTheAccused(address sender);
    error IsParty(address sender);
    error TimeOver(uint256 until);
    error TimeRuns(uint256 until);
    error NothingToWithdraw(address account);

    function token() external view returns (IERC20);
    function vault() external view returns (IRewardVault);
    function staking() external view returns (IStaking);
    function treasury() external view returns (address);
    function terms() external view returns (Terms memory);

    /// @return How many disputes were ever opened; ids count from 1.
    function count() external view returns (uint256);
    function disputeOf(uint256 id) external view returns (Dispute memory);
    /// @return The dispute that is open about this root proposal, or 0.
    function openOnRoot(uint64 epoch, bytes32 root) external view returns (uint256);
    /// @return The dispute that is open about this receipt of this server, or 0.
    function openOnReceipt(bytes32 receipt, address server) external view returns (uint256);
    /// @return Bonds of disputes that are open.
    function bondedWei() external view returns (uint256);
    /// @return What `withdraw` would pay this account.
    function payableWei(address account) external view returns (uint256);

    /// @notice Challenges the proposed root of an epoch and holds it. `root` guards against another taking its place.
    function openRoot(uint64 epoch, bytes32 root, bytes32 evidence) external returns (uint256 id);

    /// @notice Challenges a receipt. The accused is who signed it: EIP-712, domain ("Tributary receipt", "1", chain),
    /// Receipt(bytes32 id), by a key. A receipt against which a challenge was upheld is closed.
    function openReceipt(bytes32 receipt, bytes calldata signature, bytes32 evidence) external returns (uint256 id);

    /// @notice Answers with a bond. Only the accused, before `answerUntil`.
    function answer(uint256 id, bytes32 answer_) external;

    /// @notice Gives in, as if the time had run out. Only the accused, while nobody has decided.
    function concede(uint256 id) external;

    /// @notice Decides an answered dispute. Only a resolver who is no party, before `decideUntil`.
    /// @param upheld Whether the challenger is right. @param withSlash Whether the accused's stake is taken too; of no
    /// effect where the challenger is not right.
    function decide(uint256 id, bool upheld, bool withSlash) external;

    /// @notice Ends a dispute whose time ran out: unanswered, for the challenger, with slash; undecided, for nobody. Anyone.
    function expire(uint256 id) external;

    /// @notice Pays an account what it has been credited. Anyone, to that account alone.
    function withdraw(address account) external returns (uint256 amountWei);
}
