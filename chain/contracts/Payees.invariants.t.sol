// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPayeeEscrow} from "./IPayeeEscrow.sol";
import {PayeeEscrow} from "./PayeeEscrow.sol";
import {Roles} from "./access/Roles.sol";
import {TestSystem} from "./test/TestSystem.sol";
import {vm} from "./test/Vm.sol";

/// @title Two stewards sign, holders and strangers call, time runs, at random; beside it a plain account of who may have what.
contract PayeesHandler is TestSystem {
    uint256 private constant NAMES = 4;
    uint256 private constant ACCOUNTS = 4;
    uint256 private constant SECOND_KEY = 0x57E4A2E;

    PayeeEscrow private escrow;
    bytes32[NAMES] private names;
    address[ACCOUNTS] private accounts;

    /// @dev What the signed words say, by the order in which they were taken.
    address[NAMES] private speaker;
    uint256[NAMES] private aliasOf;
    bool[NAMES] private hasAlias;
    uint256[NAMES] private dueWei;
    address[NAMES] private wanted;
    uint256[NAMES] private readyAt;
    uint256[NAMES] private askedBy;
    uint256[ACCOUNTS] private paidWei;
    uint256 private creditedWei;
    bool private secondIsSteward = true;
    bool public wrong;
    string public what;
    uint256 public recovered;

    constructor() {
        deploy();
        address[] memory stewards = new address[](2);
        (stewards[0], stewards[1]) = (vm.addr(STEWARD_KEY), vm.addr(SECOND_KEY));
        escrow = new PayeeEscrow(token, address(this), TREASURY, stewards, RECOVERY);
        for (uint256 i = 0; i < NAMES; i++) (names[i], aliasOf[i]) = (keccak256(abi.encode("npm:", i)), i);
        for (uint256 i = 0; i < ACCOUNTS; i++) accounts[i] = address(uint160(0xACC0 + i));
    }

    function credit(uint8 who, uint64 amount) external {
        uint256 i = who % NAMES;
        token.transfer(address(escrow), amount);
        escrow.credit(names[i], amount);
        dueWei[aliasOf[i]] += amount;
        creditedWei += amount;
    }

    /// @dev By a steward, or by a key that is none.
    function bind(uint8 who, uint8 whom, uint8 key) external {
        (uint256 i, address account) = (who % NAMES, accounts[whom % ACCOUNTS]);
        bytes32 kind = keccak256("Bind(bytes32 payee,address account,uint256 deadline)");
        bytes memory signature = sign(key, abi.encode(kind, names[i], account, block.timestamp));
        bool may = isSteward(key) && speaker[i] == address(0) && aliasOf[i] == i;
        try escrow.bind(names[i], account, block.timestamp, signer(key), signature) {
            see(may, "bound by nobody's word, or again");
            speaker[i] = account;
        } catch {
            see(!may, "a binding was refused");
        }
    }

    function merge(uint8 who, uint8 other, uint8 key) external {
        (uint256 i, uint256 j) = (who % NAMES, other % NAMES);
        bytes32 kind = keccak256("Merge(bytes32 alias,bytes32 into,uint256 deadline)");
        bytes memory signature = sign(key, abi.encode(kind, names[i], names[j], block.timestamp));
        bool may = isSteward(key) && i != j && aliasOf[i] == i && aliasOf[j] == j && !hasAlias[i] && readyAt[i] == 0
            && (speaker[i] == address(0) || speaker[i] == speaker[j]);
        try escrow.merge(names[i], names[j], block.timestamp, signer(key), signature) {
            see(may, "merged what may not be");
            (aliasOf[i], hasAlias[j]) = (j, true);
            dueWei[j] += dueWei[i];
            dueWei[i] = 0;
        } catch {
            see(!may, "a merging was refused");
        }
    }

    function requestRecovery(uint8 who, uint8 whom, uint8 key) external {
        (uint256 i, address account) = (who % NAMES, accounts[whom % ACCOUNTS]);
        bytes32 kind = keccak256("Recover(bytes32 payee,address account,uint256 nonce,uint256 deadline)");
        bytes memory signature =
            sign(key, abi.encode(kind, names[i], account, escrow.recoveryNonce(names[i]), block.timestamp));
        bool may = isSteward(key) && speaker[i] != address(0) && speaker[i] != account && aliasOf[i] == i
            && readyAt[i] == 0;
        try escrow.requestRecovery(names[i], account, block.timestamp, signer(key), signature) {
            see(may, "a recovery was asked for that may not be");
            (wanted[i], readyAt[i], askedBy[i]) = (account, block.timestamp + RECOVERY, key % 3);
        } catch {
            see(!may, "a recovery was refused");
        }
    }

    /// @dev Senders: the accounts, both stewards, the timelock, a stranger.
    function cancelRecovery(uint8 who, uint8 by) external {
        uint256 i = who % NAMES;
        uint256 n = by % 8;
        address sender = n < 4 ? accounts[n] : n < 6 ? signer(uint8(n - 4)) : n == 6 ? TREASURY : address(0xBAD);
        bool may = readyAt[i] != 0
            && (sender == speaker[i] || n == 4 || (n == 5 && secondIsSteward) || n == 6);
        vm.prank(sender);
        try escrow.cancelRecovery(names[i]) {
            see(may, "cancelled by another");
            readyAt[i] = 0;
        } catch {
            see(!may, "a cancellation was refused");
        }
    }

    function finishRecovery(uint8 who) external {
        uint256 i = who % NAMES;
        bool may = readyAt[i] != 0 && block.timestamp >= readyAt[i] && (askedBy[i] == 0 || secondIsSteward);
        try escrow.finishRecovery(names[i]) {
            see(may, "recovered before its time, or what was cancelled");
            (speaker[i], readyAt[i]) = (wanted[i], 0);
            recovered++;
        } catch {
            see(!may, "a recovery was not finished");
        }
    }

    function withdraw(uint8 who, uint8 by) external {
        uint256 i = aliasOf[who % NAMES];
        address sender = by % 5 < 4 ? accounts[by % 5] : address(0xBAD);
        bool may = speaker[i] != address(0) && dueWei[i] != 0 && (readyAt[i] == 0 || sender == speaker[i]);
        vm.prank(sender);
        try escrow.withdraw(names[who % NAMES]) returns (uint256 amount) {
            see(may && amount == dueWei[i], "paid what was not due, or while a recovery pended");
            for (uint256 a = 0; a < ACCOUNTS; a++) if (accounts[a] == speaker[i]) paidWei[a] += dueWei[i];
            dueWei[i] = 0;
        } catch {
            see(!may, "a withdrawal was refused");
        }
    }

    function pass(uint32 seconds_, bool toTheEnd, uint8 who) external {
        uint256 end = readyAt[who % NAMES];
        if (toTheEnd && end > block.timestamp) vm.warp(end - (seconds_ % 2));
        else vm.warp(block.timestamp + (seconds_ % RECOVERY));
    }

    /// @dev What a steward asked for who is none any more is not finished.
    function replaceSecondSteward(bool back, uint8 who, uint8 whom) external {
        this.requestRecovery(who, whom, 1);
        vm.prank(TREASURY);
        if (back) escrow.grantRole(Roles.STEWARD, vm.addr(SECOND_KEY));
        else escrow.revokeRole(Roles.STEWARD, vm.addr(SECOND_KEY));
        secondIsSteward = back;
        if (readyAt[who % NAMES] > block.timestamp) vm.warp(readyAt[who % NAMES]);
        this.finishRecovery(who);
    }

    function checkMoney() external view {
        check(!wrong, what);
        uint256 due;
        uint256 paid;
        for (uint256 a = 0; a < ACCOUNTS; a++) {
            check(token.balanceOf(accounts[a]) == paidWei[a], "each address has what was due to those it spoke for");
            paid += paidWei[a];
        }
        for (uint256 i = 0; i < NAMES; i++) {
            check(escrow.balanceOf(names[i]) == dueWei[i], "each account what is due");
            due += dueWei[i];
        }
        check(token.balanceOf(address(escrow)) == due && due + paid == creditedWei, "backed to the wei");
        check(token.balanceOf(address(0xBAD)) == 0, "a stranger has nothing");
    }

    function checkSpeakers() external view {
        check(!wrong, what);
        for (uint256 i = 0; i < NAMES; i++) {
            check(escrow.boundTo(names[i]) == speaker[i], "who speaks for a name is whom the words say");
            check(escrow.accountOf(names[i]) == names[aliasOf[i]], "and so is its account");
            IPayeeEscrow.Recovery memory asked = escrow.recoveryOf(names[i]);
            check(asked.readyAt == readyAt[i] && (readyAt[i] == 0 || asked.account == wanted[i]), "and what is asked for");
        }
    }

    function see(bool asItShould, string memory otherwise) private {
        if (asItShould || wrong) return;
        (wrong, what) = (true, otherwise);
    }

    function signer(uint8 key) private pure returns (address) {
        return vm.addr(key % 3 == 0 ? STEWARD_KEY : key % 3 == 1 ? SECOND_KEY : PAYER_KEY);
    }

    function isSteward(uint8 key) private view returns (bool) {
        return key % 3 == 0 || (key % 3 == 1 && secondIsSteward);
    }

    function sign(uint8 key, bytes memory message) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Tributary PayeeEscrow"),
                keccak256("1"),
                block.chainid,
                address(escrow)
            )
        );
        uint256 secret = key % 3 == 0 ? STEWARD_KEY : key % 3 == 1 ? SECOND_KEY : PAYER_KEY;
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(secret, keccak256(abi.encodePacked(hex"1901", domain, keccak256(message))));
        return abi.encodePacked(r, s, v);
    }
}

contract PayeesInvariants {
    PayeesHandler private handler;

    function setUp() public {
        handler = new PayeesHandler();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function invariant_moneyOfAPayeeGoesToWhomItsStewardsNamedAlone() public view {
        handler.checkMoney();
    }

    function invariant_aRecoveryWaitsItsTimeAndACancellationWins() public view {
        handler.checkSpeakers();
    }
}
