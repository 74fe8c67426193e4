// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPayeeEscrow} from "./IPayeeEscrow.sol";
import {PayeeEscrow} from "./PayeeEscrow.sol";
import {TestSystem} from "./test/TestSystem.sol";
import {vm} from "./test/Vm.sol";

contract PayeeEscrowTest is TestSystem {
    bytes32 private constant PAYEE = keccak256("npm:zod");
    address private constant ACCOUNT = address(0xACC);
    PayeeEscrow private own;

    function setUp() public {
        deploy();
        // This contract plays the vault.
        own = new PayeeEscrow(token, address(this), vm.addr(STEWARD_KEY));
    }

    function testFuzz_anAccountHoldsWhatWasCreditedAndPaysItOnce(uint96 a, uint96 b) public {
        vm.assume(uint256(a) + b > 0);
        credit(a);
        credit(b);
        check(own.balanceOf(PAYEE) == uint256(a) + b, "balance");
        bind(STEWARD_KEY, ACCOUNT);
        check(own.withdraw(PAYEE) == uint256(a) + b && token.balanceOf(ACCOUNT) == uint256(a) + b, "paid");
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.NothingToWithdraw.selector, PAYEE));
        own.withdraw(PAYEE);
    }

    function testFuzz_onlyTheStewardBinds(uint128 key) public {
        vm.assume(key != 0 && key != STEWARD_KEY);
        vm.expectRevert(IPayeeEscrow.NotTheSteward.selector);
        this.bindAs(key, ACCOUNT);
        check(own.boundTo(PAYEE) == address(0), "unbound");
    }

    function test_aBindingIsForThisAccountAndPayeeAndTimeAlone() public {
        uint256 end = block.timestamp + 1 hours;
        bytes memory signature = sign(STEWARD_KEY, ACCOUNT, end);
        vm.expectRevert(IPayeeEscrow.NotTheSteward.selector);
        own.bind(PAYEE, address(0xBAD), end, signature);
        vm.expectRevert(IPayeeEscrow.NotTheSteward.selector);
        own.bind(keccak256("npm:other"), ACCOUNT, end, signature);
        vm.expectRevert(IPayeeEscrow.NotTheSteward.selector);
        own.bind(PAYEE, ACCOUNT, end + 1, signature);
        vm.expectRevert(IPayeeEscrow.EmptyAccount.selector);
        own.bind(PAYEE, address(0), end, signature);
        vm.warp(end + 1);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.Expired.selector, end));
        own.bind(PAYEE, ACCOUNT, end, signature);
        vm.warp(end);
        own.bind(PAYEE, ACCOUNT, end, signature);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.AlreadyBound.selector, PAYEE, ACCOUNT));
        own.bind(PAYEE, ACCOUNT, end, signature);
    }

    function test_anUnboundPayeeIsNotPaidAndOnlyTheVaultCredits() public {
        credit(5);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.NotBound.selector, PAYEE));
        own.withdraw(PAYEE);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.OnlyVault.selector, ACCOUNT));
        vm.prank(ACCOUNT);
        own.credit(PAYEE, 1);
        vm.expectRevert(IPayeeEscrow.EmptyAccount.selector);
        new PayeeEscrow(token, address(this), address(0));
    }

    function bindAs(uint256 key, address account) external {
        bind(key, account);
    }

    function credit(uint256 amountWei) private {
        token.transfer(address(own), amountWei);
        own.credit(PAYEE, amountWei);
    }

    function bind(uint256 key, address account) private {
        uint256 end = block.timestamp + 1 hours;
        own.bind(PAYEE, account, end, sign(key, account, end));
    }

    function sign(uint256 key, address account, uint256 end) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Tributary PayeeEscrow"),
                keccak256("1"),
                block.chainid,
                address(own)
            )
        );
        bytes32 message =
            keccak256(abi.encode(keccak256("Bind(bytes32 payee,address account,uint256 deadline)"), PAYEE, account, end));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, message)));
        return abi.encodePacked(r, s, v);
    }
}
