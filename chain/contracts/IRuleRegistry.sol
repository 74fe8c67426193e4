// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Which documents govern, by kind, append-only.
/// @notice Only the timelock adopts, and over the ceilings not even it. The last adopted document of a kind is the
/// current one; every earlier one stays readable, so that whatever named it can be replayed. A document may be adopted
/// again, with the same parts: that is how an older rule comes back.
interface IRuleRegistry {
    enum Kind {
        RevenueRule,
        Engine
    }

    /// @dev In parts per million of a fee; they sum to 1,000,000. All 0 in documents of another kind.
    struct Parts {
        uint32 treasuryPpm;
        uint32 serverPpm;
        uint32 modelOwnerPpm;
        uint32 contributorsPpm;
    }

    /// @param digest Of the document's canonical bytes (sha256).
    /// @param report Digest of the back-test that was put before the voters; 0 at genesis alone.
    /// @param adoptedAt Time of the block, in seconds.
    struct Adoption {
        bytes32 digest;
        bytes32 report;
        Parts parts;
        uint64 adoptedAt;
    }

    event Adopted(Kind indexed kind, uint256 indexed index, bytes32 indexed digest, bytes32 report, Parts parts);

    error OnlyTimelock(address sender);
    error EmptyDigest();
    error EmptyReport();
    error AlreadyCurrent(bytes32 digest);
    error NotTheWhole(uint256 sumPpm);
    error TreasuryOverCeiling(uint256 ppm, uint256 ceilingPpm);
    error OperatorsOverCeiling(uint256 ppm, uint256 ceilingPpm);
    error OtherParts(bytes32 digest);
    error CeilingOverWhole(uint256 ppm);

    /// @return The only one who adopts.
    function timelock() external view returns (address);
    /// @return The most that a rule may give the treasury, in ppm of a fee.
    function maxTreasuryPpm() external view returns (uint256);
    /// @return The most that a rule may give server and model owner together, in ppm of a fee.
    function maxOperatorPpm() external view returns (uint256);

    /// @notice Adopts a revenue rule. Only the timelock.
    function adoptRule(bytes32 digest, Parts calldata parts, bytes32 report) external;

    /// @notice Adopts a version of the attribution engine. Only the timelock.
    function adoptEngine(bytes32 digest, bytes32 report) external;

    /// @return Digest of the document in force.
    function current(Kind kind) external view returns (bytes32);
    /// @return Whether the document was ever adopted.
    function isAdopted(Kind kind, bytes32 digest) external view returns (bool);
    /// @return How many adoptions there were.
    function count(Kind kind) external view returns (uint256);
    /// @return The adoption at this place, from 0, in the order of adoption.
    function adoption(Kind kind, uint256 index) external view returns (Adoption memory);
}
