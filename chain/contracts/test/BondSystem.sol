// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {DatanetRegistry} from "../DatanetRegistry.sol";
import {IModelRegistry} from "../IModelRegistry.sol";
import {IRetrainBond} from "../IRetrainBond.sol";
import {ModelRegistry} from "../ModelRegistry.sol";
import {OpenToken} from "../OpenToken.sol";
import {RetrainBond} from "../RetrainBond.sol";
import {IRuleRegistry} from "../IRuleRegistry.sol";
import {RuleRegistry} from "../RuleRegistry.sol";
import {vm} from "./Vm.sol";

/// @title Registries, token and bond contract, with this contract as operator, and the steps that tests share.
contract BondSystem {
    uint256 internal constant SUPPLY = 1e30;
    uint32 internal constant COMMIT = 1 hours;
    uint32 internal constant REVEAL = 30 minutes;
    uint32 internal constant FINDER_PPM = 400_000;
    uint128 internal constant MIN_BOND = 1_000;
    uint128 internal constant REPORT_BOND = 101;
    address internal constant TREASURY = address(0x7EA5);
    address internal constant OWNER = address(0x0A1);

    OpenToken internal token;
    DatanetRegistry internal datanets;
    ModelRegistry internal models;
    RetrainBond internal bonds;

    function deployBonds(uint32 picks) internal {
        vm.warp(1_800_000_000);
        vm.roll(1_000);
        token = new OpenToken(address(this), SUPPLY);
        address[] memory me = new address[](1);
        me[0] = address(this);
        datanets = new DatanetRegistry(TREASURY, me);
        IRuleRegistry.Parts memory parts = IRuleRegistry.Parts(0, 0, 0, 1_000_000);
        models = new ModelRegistry(datanets, new RuleRegistry(TREASURY, 0, 0, "rule", parts, "engine"), TREASURY, me);
        bonds = new RetrainBond(token, models, TREASURY, termsOf(picks));
        datanets.publishVersion("net", "version", 0, 0, 1);
        token.approve(address(bonds), type(uint256).max);
    }

    function termsOf(uint32 picks) internal pure returns (IRetrainBond.Terms memory) {
        return IRetrainBond.Terms(MIN_BOND, REPORT_BOND, picks, 2, COMMIT, REVEAL, FINDER_PPM);
    }

    function leavesOf(bytes32 adapter, uint256 count) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) leaves[i] = keccak256(abi.encode(adapter, i));
    }

    function register(bytes32 adapter, uint256 count) internal {
        bytes32 root = bonds.rootOf(leavesOf(adapter, count));
        models.register(adapter, IModelRegistry.Model("base", "version", "recipe", root, "card", "licences", "rule", OWNER, 0));
    }

    function postAndDraw(bytes32 adapter, uint256 count, uint128 bondWei) internal {
        register(adapter, count);
        bonds.post(adapter, bondWei, "plan", "machine", "bundle", leavesOf(adapter, count));
        vm.roll(block.number + 3);
        bonds.draw(adapter, leavesOf(adapter, count));
    }

    function seal(bytes32 adapter, uint256 slot, address who, bytes32 digest) internal {
        if (token.balanceOf(who) < REPORT_BOND) token.transfer(who, REPORT_BOND);
        vm.prank(who);
        token.approve(address(bonds), REPORT_BOND);
        bytes32 sealed_ = bonds.sealOf(adapter, slot, who, digest, saltOf(who));
        vm.prank(who);
        bonds.commit(adapter, slot, sealed_);
    }

    function open(bytes32 adapter, uint256 slot, address who, bytes32 digest) internal {
        vm.prank(who);
        bonds.reveal(adapter, slot, digest, saltOf(who));
    }

    function saltOf(address who) internal pure returns (bytes32) {
        return keccak256(abi.encode("salt", who));
    }

    function committed(bytes32 adapter, uint256 slot) internal view returns (bytes32) {
        return bonds.caseOf(adapter, slot).committed;
    }

    function untilOpening(bytes32 adapter, uint256 slot) internal {
        vm.warp(bonds.caseOf(adapter, slot).commitEnds);
    }

    function endRound(bytes32 adapter, uint256 slot) internal {
        vm.warp(bonds.caseOf(adapter, slot).revealEnds);
        bonds.resolve(adapter, slot);
    }

    function outcome(bytes32 adapter, uint256 slot) internal view returns (IRetrainBond.Outcome) {
        return bonds.caseOf(adapter, slot).outcome;
    }

    function check(bool ok, string memory fact) internal pure {
        require(ok, fact);
    }
}
