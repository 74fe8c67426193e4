// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IStaking} from "./IStaking.sol";
import {Governed} from "./access/Governed.sol";
import {Roles} from "./access/Roles.sol";

/// @notice See {IStaking}.
contract Staking is IStaking, Governed {
    using SafeERC20 for IERC20;

    uint256 private constant WHOLE_PPM = 1_000_000;

    IERC20 public immutable token;
    uint256 public immutable cooldownSeconds;

    uint256 public totalWei;
    uint256 public slashedWei;
    mapping(address account => mapping(Role role => Stake)) private _stakes;

    constructor(IERC20 token_, uint256 cooldownSeconds_, address timelock, address disputes) Governed(timelock) {
        token = token_;
        cooldownSeconds = cooldownSeconds_;
        _grantRole(Roles.DISPUTES, disputes);
    }

    /// @inheritdoc IStaking
    function stakeOf(address account, Role role) external view returns (Stake memory) {
        return _stakes[account][role];
    }

    /// @inheritdoc IStaking
    function stake(Role role, uint128 amountWei) external {
        if (amountWei == 0) revert NothingToMove();
        _stakes[msg.sender][role].activeWei += amountWei;
        totalWei += amountWei;
        emit Staked(msg.sender, role, amountWei);
        token.safeTransferFrom(msg.sender, address(this), amountWei);
    }

    /// @inheritdoc IStaking
    function requestUnstake(Role role, uint128 amountWei) external {
        Stake storage s = _stakes[msg.sender][role];
        if (amountWei == 0) revert NothingToMove();
        if (amountWei > s.activeWei) revert StakeTooSmall(amountWei, s.activeWei);
        s.activeWei -= amountWei;
        s.pendingWei += amountWei;
        s.withdrawableAt = uint64(block.timestamp + cooldownSeconds);
        emit UnstakeRequested(msg.sender, role, amountWei, s.withdrawableAt);
    }

    /// @inheritdoc IStaking
    function withdraw(Role role) external returns (uint256 amountWei) {
        Stake storage s = _stakes[msg.sender][role];
        amountWei = s.pendingWei;
        if (amountWei == 0) revert NothingToMove();
        if (block.timestamp < s.withdrawableAt) revert CoolingDown(s.withdrawableAt);
        if (s.disputes != 0) revert DisputeOpen(s.disputes);
        s.pendingWei = 0;
        totalWei -= amountWei;
        emit Withdrawn(msg.sender, role, amountWei);
        token.safeTransfer(msg.sender, amountWei);
    }

    /// @inheritdoc IStaking
    function freeze(address account, Role role) external onlyRole(Roles.DISPUTES) {
        emit Frozen(account, role, ++_stakes[account][role].disputes);
    }

    /// @inheritdoc IStaking
    function unfreeze(address account, Role role) external onlyRole(Roles.DISPUTES) {
        Stake storage s = _stakes[account][role];
        if (s.disputes == 0) revert NotFrozen(account, role);
        emit Unfrozen(account, role, --s.disputes);
    }

    /// @inheritdoc IStaking
    function slash(address account, Role role, uint256 ppm) external onlyRole(Roles.DISPUTES) returns (uint256 amountWei) {
        if (ppm > WHOLE_PPM) revert PartOverWhole(ppm);
        Stake storage s = _stakes[account][role];
        uint128 activeWei = uint128(s.activeWei * ppm / WHOLE_PPM);
        uint128 pendingWei = uint128(s.pendingWei * ppm / WHOLE_PPM);
        s.activeWei -= activeWei;
        s.pendingWei -= pendingWei;
        amountWei = uint256(activeWei) + pendingWei;
        totalWei -= amountWei;
        slashedWei += amountWei;
        emit Slashed(account, role, msg.sender, amountWei);
        if (amountWei != 0) token.safeTransfer(msg.sender, amountWei);
    }
}
