// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title What curators, servers and attributors stand to lose.
/// @notice A stake that is asked back waits out the cool-down and can be slashed until it is withdrawn. While a dispute
/// about an account is open, nothing of that role can be withdrawn. All amounts in wei. Tokens that take a fee on transfers
/// are not supported; what somebody sends here without staking belongs to nobody and stays.
interface IStaking {
    enum Role {
        Curator,
        Server,
        Attributor
    }

    /// @param activeWei Vouches. @param pendingWei Asked back, slashable still.
    /// @param withdrawableAt From when, in seconds, all that is pending can be withdrawn.
    /// @param disputes Open ones about this account in this role.
    struct Stake {
        uint128 activeWei;
        uint128 pendingWei;
        uint64 withdrawableAt;
        uint32 disputes;
    }

    event Staked(address indexed account, Role indexed role, uint256 amountWei);
    event UnstakeRequested(address indexed account, Role indexed role, uint256 amountWei, uint256 withdrawableAt);
    event Withdrawn(address indexed account, Role indexed role, uint256 amountWei);
    event Frozen(address indexed account, Role indexed role, uint256 disputes);
    event Unfrozen(address indexed account, Role indexed role, uint256 disputes);
    event Slashed(address indexed account, Role indexed role, address indexed to, uint256 amountWei);

    error NothingToMove();
    error StakeTooSmall(uint256 amountWei, uint256 activeWei);
    error CoolingDown(uint256 withdrawableAt);
    error DisputeOpen(uint256 disputes);
    error NotFrozen(address account, Role role);
    error PartOverWhole(uint256 ppm);

    function token() external view returns (IERC20);
    /// @return Seconds from the last request to the withdrawal, at least.
    function cooldownSeconds() external view returns (uint256);
    function stakeOf(address account, Role role) external view returns (Stake memory);
    /// @return Sum of all stakes, active and pending.
    function totalWei() external view returns (uint256);
    /// @return What was slashed in all.
    function slashedWei() external view returns (uint256);

    /// @notice Locks an amount of the caller's, who has approved it.
    function stake(Role role, uint128 amountWei) external;

    /// @notice Asks an amount back. The cool-down starts anew for everything that is pending.
    function requestUnstake(Role role, uint128 amountWei) external;

    /// @notice Pays the caller everything that is pending, after the cool-down and with no dispute open.
    /// @return amountWei What was paid.
    function withdraw(Role role) external returns (uint256 amountWei);

    /// @notice Stops withdrawals of an account in a role, once for each dispute. Only Disputes.
    function freeze(address account, Role role) external;

    /// @notice Takes one such stop away. Only Disputes.
    function unfreeze(address account, Role role) external;

    /// @notice Takes a part of what is active and of what is pending, each rounded down, and pays it to the caller.
    /// Only Disputes. @return amountWei What was taken.
    function slash(address account, Role role, uint256 ppm) external returns (uint256 amountWei);
}
