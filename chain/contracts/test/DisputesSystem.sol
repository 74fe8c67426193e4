// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Disputes} from "../Disputes.sol";
import {IDisputes} from "../IDisputes.sol";
import {IPayeeEscrow} from "../IPayeeEscrow.sol";
import {IStaking} from "../IStaking.sol";
import {OpenToken} from "../OpenToken.sol";
import {RewardVault} from "../RewardVault.sol";
import {Staking} from "../Staking.sol";
import {vm} from "./Vm.sol";

/// @title Vault, staking and disputes with a proposed root. This contract is the operator, and so the accused of every root;
/// ALICE challenges, RESOLVER decides.
contract DisputesSystem {
    uint256 internal constant WINDOW = 1 hours;
    uint256 internal constant ANSWER = 30 minutes;
    uint256 internal constant DECIDE = 2 hours;
    uint128 internal constant BOND = 1_001;
    uint256 internal constant SERVER_KEY = 0x5E4;
    address internal constant TIMELOCK = address(0x71);
    address internal constant RESOLVER = address(0x4E5);
    address internal constant ALICE = address(0xA11CE);
    bytes32 internal constant ROOT = "root";

    OpenToken internal token;
    RewardVault internal vault;
    Staking internal staking;
    Disputes internal disputes;
    address internal server;

    function deployDisputes() internal {
        vm.warp(1_800_000_000);
        server = vm.addr(SERVER_KEY);
        token = new OpenToken(address(this), 1e30);
        address planned = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 2);
        vault = new RewardVault(
            token, IPayeeEscrow(address(0xE5C)), WINDOW, TIMELOCK, list(address(this)), list(address(this)), planned
        );
        staking = new Staking(token, 1 days, TIMELOCK, planned);
        disputes = new Disputes(token, vault, staking, TIMELOCK, list(RESOLVER), terms());
        require(address(disputes) == planned, "planned");
        fund(address(this));
        fund(ALICE);
        fund(server);
        fund(RESOLVER);
        staking.stake(IStaking.Role.Attributor, 1_000);
        vm.prank(server);
        staking.stake(IStaking.Role.Server, 500);
        vault.propose(1, ROOT, 0, "evidence");
    }

    function payOut(address account, uint256 amountWei) internal {
        uint256 before = token.balanceOf(account);
        check(disputes.withdraw(account) == amountWei, "what is payable");
        check(token.balanceOf(account) == before + amountWei && disputes.payableWei(account) == 0, "paid");
    }

    function openRoot() internal returns (uint256) {
        vm.prank(ALICE);
        return disputes.openRoot(1, ROOT, "evidence");
    }

    function openAndAnswer() internal returns (uint256 id) {
        id = openRoot();
        disputes.answer(id, "answer");
    }

    function signed(bytes32 receipt) internal view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId)"),
                keccak256("Tributary receipt"),
                keccak256("1"),
                block.chainid
            )
        );
        bytes32 hash = keccak256(abi.encode(keccak256("Receipt(bytes32 id)"), receipt));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SERVER_KEY, keccak256(abi.encodePacked(hex"1901", domain, hash)));
        return abi.encodePacked(r, s, v);
    }

    function terms() internal pure returns (IDisputes.Terms memory) {
        return IDisputes.Terms(BOND, uint32(ANSWER), uint32(DECIDE), 600_000, 300_000, 400_000);
    }

    function fund(address account) internal {
        if (account != address(this)) token.transfer(account, 1e20);
        vm.prank(account);
        token.approve(address(disputes), type(uint256).max);
        vm.prank(account);
        token.approve(address(staking), type(uint256).max);
    }

    function list(address account) internal pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = account;
    }

    function check(bool ok, string memory fact) internal pure {
        require(ok, fact);
    }
}
