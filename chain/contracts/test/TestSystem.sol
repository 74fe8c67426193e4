// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {DatanetPools} from "../DatanetPools.sol";
import {FeeEscrow} from "../FeeEscrow.sol";
import {IRewardVault} from "../IRewardVault.sol";
import {OpenToken} from "../OpenToken.sol";
import {PayeeEscrow} from "../PayeeEscrow.sol";
import {RewardVault} from "../RewardVault.sol";
import {vm} from "./Vm.sol";

/// @title All money contracts wired as in a deployment, with this contract as operator, and trees of four leaves.
contract TestSystem {
    uint256 internal constant SUPPLY = 1e30;
    uint256 internal constant WINDOW = 1 hours;
    uint256 internal constant CEILING_PPM = 300_000;
    uint256 internal constant STEWARD_KEY = 0x57E4A2D;
    uint256 internal constant PAYER_KEY = 0xB0B;
    uint256 internal constant OPERATORS_PPM = 400_000;
    uint256 internal constant CLOSING = 1 hours;
    uint256 internal constant RECOVERY = 3 days;
    /// @dev The timelock: admin of all roles, and the treasury.
    address internal constant TREASURY = address(0x7EA5);
    address internal constant DISPUTES = address(0xD15);

    OpenToken internal token;
    RewardVault internal vault;
    PayeeEscrow internal payees;
    FeeEscrow internal fees;
    DatanetPools internal pools;

    function deploy() internal {
        vm.warp(1_800_000_000);
        token = new OpenToken(address(this), SUPPLY);
        // Contracts are built with the addresses of others that come later.
        uint64 next = vm.getNonce(address(this));
        address vaultAt = vm.computeCreateAddress(address(this), next + 1);
        address feesAt = vm.computeCreateAddress(address(this), next + 3);
        address[] memory me = only(address(this));
        payees = new PayeeEscrow(token, vaultAt, TREASURY, only(vm.addr(STEWARD_KEY)), RECOVERY);
        vault = new RewardVault(token, payees, WINDOW, TREASURY, me, me, DISPUTES);
        pools = new DatanetPools(token, feesAt, TREASURY);
        fees = new FeeEscrow(token, vaultAt, pools, TREASURY, me, CEILING_PPM, OPERATORS_PPM, CLOSING);
        check(address(vault) == vaultAt && address(fees) == feesAt, "planned");
    }

    function only(address account) internal pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }

    /// @dev What AccessControl says to one without the role.
    function unauthorised(address account, bytes32 role) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, account, role);
    }

    /// @dev Payees 0 and 1 are addresses, 2 and 3 are names.
    function payee(uint256 i) internal pure returns (bytes32) {
        if (i < 2) return bytes32(uint256(0xA11CE00 + i));
        return keccak256(abi.encode("npm:", i));
    }

    function leaf(bytes32 who, uint256 cumulativeWei) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(who, cumulativeWei))));
    }

    function pair(bytes32 a, bytes32 b) internal pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }

    function rootOf(uint256[4] memory c) internal pure returns (bytes32) {
        return pair(pair(leaf(payee(0), c[0]), leaf(payee(1), c[1])), pair(leaf(payee(2), c[2]), leaf(payee(3), c[3])));
    }

    /// @dev The claim of payee i, for `wei_`, by the proof of the tree over c.
    function claimOf(uint256[4] memory c, uint256 i, uint256 wei_) internal pure returns (IRewardVault.Claim[] memory list) {
        bytes32[] memory proof = new bytes32[](2);
        proof[0] = leaf(payee(i ^ 1), c[i ^ 1]);
        uint256 far = i < 2 ? 2 : 0;
        proof[1] = pair(leaf(payee(far), c[far]), leaf(payee(far + 1), c[far + 1]));
        list = new IRewardVault.Claim[](1);
        list[0] = IRewardVault.Claim(payee(i), wei_, proof);
    }

    function check(bool ok, string memory fact) internal pure {
        require(ok, fact);
    }
}
