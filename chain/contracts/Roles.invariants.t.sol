// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControlEnumerable} from "@openzeppelin/contracts/access/extensions/AccessControlEnumerable.sol";
import {DatanetPools} from "./DatanetPools.sol";
import {DatanetRegistry} from "./DatanetRegistry.sol";
import {Disputes} from "./Disputes.sol";
import {FeeEscrow} from "./FeeEscrow.sol";
import {IDisputes} from "./IDisputes.sol";
import {IRuleRegistry} from "./IRuleRegistry.sol";
import {ModelRegistry} from "./ModelRegistry.sol";
import {OpenTimelock} from "./OpenTimelock.sol";
import {OpenToken} from "./OpenToken.sol";
import {PayeeEscrow} from "./PayeeEscrow.sol";
import {RewardVault} from "./RewardVault.sol";
import {RuleRegistry} from "./RuleRegistry.sol";
import {Staking} from "./Staking.sol";
import {Roles} from "./access/Roles.sol";
import {vm} from "./test/Vm.sol";

/// @title Everybody tries to give and take every role of every contract, the timelock does, and holders lay their own down.
contract RolesHandler {
    uint256 private constant ACTORS = 10;
    uint256 private constant ROLES = 9;

    OpenTimelock private timelock;
    AccessControlEnumerable[] private governed;
    address[ACTORS] private actors;
    bytes32[ROLES] private roles;
    mapping(uint256 c => mapping(uint256 role => mapping(address account => bool))) private expected;
    mapping(uint256 c => mapping(uint256 role => uint256)) private holders;
    uint256 public attempts;
    bool public moved;

    constructor() {
        vm.warp(1_800_000_000);
        for (uint256 i = 0; i < ACTORS; i++) actors[i] = address(uint160(0xAC7000 + i));
        address[] memory operators = only(actors[0]);
        timelock = new OpenTimelock(1 hours, actors[4]);
        address t = address(timelock);
        OpenToken token = new OpenToken(address(this), 1e30);
        PayeeEscrow payees = new PayeeEscrow(token, actors[5], t, only(actors[2]), 1 days);
        RewardVault vault = new RewardVault(token, payees, 1 hours, t, operators, only(actors[1]), actors[6]);
        Staking staking = new Staking(token, 1 days, t, actors[6]);
        DatanetRegistry datanets = new DatanetRegistry(t, operators);
        IRuleRegistry.Parts memory parts = IRuleRegistry.Parts(0, 0, 0, 1_000_000);
        RuleRegistry rules = new RuleRegistry(t, 0, 0, "rule", parts, "engine");
        DatanetPools pools = new DatanetPools(token, actors[5], t);
        IDisputes.Terms memory terms = IDisputes.Terms(1, 1, 1, 1, 1, 1);
        governed.push(timelock);
        governed.push(payees);
        governed.push(vault);
        governed.push(staking);
        governed.push(datanets);
        governed.push(new ModelRegistry(datanets, rules, t, operators));
        governed.push(new FeeEscrow(token, address(vault), pools, t, operators, 300_000, 300_000, 1 hours));
        governed.push(new Disputes(token, vault, staking, t, only(actors[3]), terms));
        roles = [bytes32(0), Roles.OPERATOR, Roles.PAUSER, Roles.STEWARD, Roles.RESOLVER, Roles.DISPUTES, 0, 0, 0];
        (roles[6], roles[7], roles[8]) = (timelock.PROPOSER_ROLE(), timelock.CANCELLER_ROLE(), timelock.EXECUTOR_ROLE());
        for (uint256 c = 0; c < governed.length; c++) {
            for (uint256 r = 0; r < ROLES; r++) {
                holders[c][r] = governed[c].getRoleMemberCount(roles[r]);
                for (uint256 i = 0; i < ACTORS; i++) expected[c][r][actors[i]] = governed[c].hasRole(roles[r], actors[i]);
            }
            require(holders[c][0] == 1 && governed[c].hasRole(0, t), "the timelock is the only admin from the start");
        }
    }

    /// @dev Whoever it is, with whatever role, by its own call or by a call that it queues itself.
    function attack(uint8 who, uint8 c, uint8 role, uint8 whom, uint8 how) external {
        address actor = actors[who % ACTORS];
        address account = whom % 11 == 10 ? address(timelock) : actors[whom % ACTORS];
        AccessControlEnumerable target = governed[c % governed.length];
        bytes32 id = roles[role % ROLES];
        bytes memory data = how % 3 == 0
            ? abi.encodeCall(target.grantRole, (id, account))
            : how % 3 == 1
                ? abi.encodeCall(target.revokeRole, (id, account))
                : abi.encodeCall(target.renounceRole, (id, account));
        if (how % 3 == 2 && account == actor) return;
        // The governor may queue: that is what a vote is for. A call that nobody queued is not executed for it either.
        if (how >= 128) data = abi.encodeCall(timelock.execute, (address(target), 0, data, 0, bytes32(uint256(how))));
        vm.prank(actor);
        (bool done,) = (how >= 128 ? address(timelock) : address(target)).call(data);
        if (done) moved = true;
        attempts++;
    }

    /// @dev Queueing, too, is the governor's alone.
    function queue(uint8 who, uint8 c, uint8 role, uint8 whom) external {
        address actor = actors[who % ACTORS];
        if (expected[0][6][actor]) return;
        AccessControlEnumerable target = governed[c % governed.length];
        bytes memory data = abi.encodeCall(target.grantRole, (roles[role % ROLES], actors[whom % ACTORS]));
        vm.prank(actor);
        try timelock.schedule(address(target), 0, data, 0, 0, 1 hours) {
            moved = true;
        } catch {}
    }

    function decide(uint8 c, uint8 role, uint8 whom, bool grant) external {
        uint256 at = c % governed.length;
        uint256 r = role % ROLES;
        // Its own power it keeps here, or nothing would be left to try.
        if (r == 0) return;
        address account = actors[whom % ACTORS];
        if (expected[at][r][account] != grant) holders[at][r] = grant ? holders[at][r] + 1 : holders[at][r] - 1;
        expected[at][r][account] = grant;
        vm.prank(address(timelock));
        if (grant) governed[at].grantRole(roles[r], account);
        else governed[at].revokeRole(roles[r], account);
    }

    /// @dev A holder may lay down its own role, and no other.
    function layDown(uint8 c, uint8 role, uint8 who) external {
        uint256 at = c % governed.length;
        uint256 r = role % ROLES;
        address account = actors[who % ACTORS];
        if (expected[at][r][account]) holders[at][r]--;
        expected[at][r][account] = false;
        vm.prank(account);
        governed[at].renounceRole(roles[r], account);
    }

    function checkCounts() external view {
        require(!moved, "somebody else moved a role");
        for (uint256 c = 0; c < governed.length; c++) {
            require(governed[c].hasRole(0, address(timelock)), "the timelock is admin");
            for (uint256 r = 0; r < ROLES; r++) {
                require(governed[c].getRoleMemberCount(roles[r]) == holders[c][r], "as many holders as it was decided");
                require(governed[c].getRoleAdmin(roles[r]) == 0, "the admin of every role is the admin");
            }
        }
    }

    function checkAll() external view {
        for (uint256 c = 0; c < governed.length; c++) {
            for (uint256 r = 0; r < ROLES; r++) {
                for (uint256 i = 0; i < ACTORS; i++) {
                    bool has = governed[c].hasRole(roles[r], actors[i]);
                    require(has == expected[c][r][actors[i]], "who holds what is what was decided or laid down");
                }
            }
        }
    }

    function only(address account) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = account;
    }
}

contract RolesInvariants {
    RolesHandler private handler;

    function setUp() public {
        handler = new RolesHandler();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function invariant_onlyTheTimelockGivesAndTakesRoles() public view {
        handler.checkCounts();
    }

    function afterInvariant() public view {
        handler.checkAll();
    }
}
