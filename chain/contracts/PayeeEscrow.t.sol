// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPayeeEscrow} from "./IPayeeEscrow.sol";
import {PayeeEscrow} from "./PayeeEscrow.sol";
import {Roles} from "./access/Roles.sol";
import {TestSystem} from "./test/TestSystem.sol";
import {vm} from "./test/Vm.sol";

contract PayeeEscrowTest is TestSystem {
    bytes32 private constant PAYEE = keccak256("npm:zod");
    bytes32 private constant OTHER = keccak256("github:zod");
    address private constant ACCOUNT = address(0xACC);
    address private constant NEW_ACCOUNT = address(0xACC2);
    PayeeEscrow private own;
    address private steward;

    function setUp() public {
        deploy();
        steward = vm.addr(STEWARD_KEY);
        // This contract plays the vault.
        own = new PayeeEscrow(token, address(this), TREASURY, only(steward), RECOVERY);
    }

    function test_itKnowsWhatItIsBuiltWith() public view {
        check(address(own.token()) == address(token) && own.vault() == address(this), "token, vault");
        check(own.recoverySeconds() == RECOVERY && own.hasRole(0, TREASURY), "delay, admin");
        check(own.getRoleMemberCount(Roles.STEWARD) == 1 && own.hasRole(Roles.STEWARD, steward), "steward");
    }

    function testFuzz_anAccountHoldsWhatWasCreditedAndPaysItOnce(uint96 a, uint96 b) public {
        vm.assume(uint256(a) + b > 0);
        credit(PAYEE, a);
        credit(PAYEE, b);
        check(own.balanceOf(PAYEE) == uint256(a) + b, "balance");
        bind(PAYEE, ACCOUNT);
        check(own.withdraw(PAYEE) == uint256(a) + b && token.balanceOf(ACCOUNT) == uint256(a) + b, "paid");
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.NothingToWithdraw.selector, PAYEE));
        own.withdraw(PAYEE);
    }

    function testFuzz_onlyAStewardBinds(uint128 key) public {
        vm.assume(key != 0 && key != STEWARD_KEY);
        uint256 end = block.timestamp;
        bytes memory signature = sign(key, bindHash(PAYEE, ACCOUNT, end));
        vm.expectRevert(IPayeeEscrow.NotTheSteward.selector);
        own.bind(PAYEE, ACCOUNT, end, vm.addr(key), signature);
        vm.expectRevert(IPayeeEscrow.NotTheSteward.selector);
        own.bind(PAYEE, ACCOUNT, end, steward, signature);
        check(own.boundTo(PAYEE) == address(0), "unbound");
    }

    function test_aBindingIsForThisAccountAndPayeeAndTimeAlone() public {
        uint256 end = block.timestamp + 1 hours;
        bytes memory signature = sign(STEWARD_KEY, bindHash(PAYEE, ACCOUNT, end));
        vm.expectRevert(IPayeeEscrow.NotTheSteward.selector);
        own.bind(PAYEE, address(0xBAD), end, steward, signature);
        vm.expectRevert(IPayeeEscrow.NotTheSteward.selector);
        own.bind(OTHER, ACCOUNT, end, steward, signature);
        vm.expectRevert(IPayeeEscrow.NotTheSteward.selector);
        own.bind(PAYEE, ACCOUNT, end + 1, steward, signature);
        vm.expectRevert(IPayeeEscrow.EmptyAccount.selector);
        own.bind(PAYEE, address(0), end, steward, signature);
        vm.warp(end + 1);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.Expired.selector, end));
        own.bind(PAYEE, ACCOUNT, end, steward, signature);
        vm.warp(end);
        own.bind(PAYEE, ACCOUNT, end, steward, signature);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.AlreadyBound.selector, PAYEE, ACCOUNT));
        own.bind(PAYEE, ACCOUNT, end, steward, signature);
    }

    function test_anUnboundPayeeIsNotPaidAndOnlyTheVaultCredits() public {
        credit(PAYEE, 5);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.NotBound.selector, PAYEE));
        own.withdraw(PAYEE);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.OnlyVault.selector, ACCOUNT));
        vm.prank(ACCOUNT);
        own.credit(PAYEE, 1);
    }

    function test_anAliasGivesWhatItHasAndGetsToTheOtherAccount() public {
        credit(OTHER, 5);
        credit(PAYEE, 2);
        merge(OTHER, PAYEE);
        check(own.balanceOf(OTHER) == 0 && own.balanceOf(PAYEE) == 7, "moved");
        check(own.accountOf(OTHER) == PAYEE && own.accountOf(PAYEE) == PAYEE, "one account");
        credit(OTHER, 3);
        check(own.balanceOf(OTHER) == 0 && own.balanceOf(PAYEE) == 10, "later too");
        bind(PAYEE, ACCOUNT);
        check(own.withdraw(OTHER) == 10 && token.balanceOf(ACCOUNT) == 10, "by either name");
    }

    function test_anAliasIsNeitherBoundNorMergedNorRecovered() public {
        merge(OTHER, PAYEE);
        uint256 end = block.timestamp;
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.IsAlias.selector, OTHER));
        own.bind(OTHER, ACCOUNT, end, steward, "");
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.IsAlias.selector, OTHER));
        own.merge(OTHER, "third", end, steward, "");
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.IsAlias.selector, OTHER));
        own.merge("third", OTHER, end, steward, "");
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.HasAliases.selector, PAYEE));
        own.merge(PAYEE, "third", end, steward, "");
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.IsAlias.selector, OTHER));
        own.requestRecovery(OTHER, ACCOUNT, end, steward, "");
        vm.expectRevert(IPayeeEscrow.SamePayee.selector);
        own.merge(PAYEE, PAYEE, end, steward, "");
    }

    function test_aBoundNameMergesOnlyIntoOneOfTheSameAddress() public {
        bind(OTHER, ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.BoundElsewhere.selector, OTHER, ACCOUNT));
        own.merge(OTHER, PAYEE, block.timestamp, steward, "");
        bind(PAYEE, ACCOUNT);
        request(OTHER, NEW_ACCOUNT, 0);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.RecoveryPends.selector, OTHER));
        own.merge(OTHER, PAYEE, block.timestamp, steward, "");
        vm.prank(ACCOUNT);
        own.cancelRecovery(OTHER);
        merge(OTHER, PAYEE);
        check(own.accountOf(OTHER) == PAYEE, "merged");
    }

    function test_onlyAStewardMergesBeforeTheDeadline() public {
        uint256 end = block.timestamp;
        bytes memory signature = sign(STEWARD_KEY, mergeHash(OTHER, PAYEE, end));
        vm.expectRevert(IPayeeEscrow.NotTheSteward.selector);
        own.merge(PAYEE, OTHER, end, steward, signature);
        vm.warp(end + 1);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.Expired.selector, end));
        own.merge(OTHER, PAYEE, end, steward, signature);
    }

    function test_aLostKeyIsReplacedAfterTheDelay() public {
        credit(PAYEE, 9);
        bind(PAYEE, ACCOUNT);
        request(PAYEE, NEW_ACCOUNT, 0);
        IPayeeEscrow.Recovery memory asked = own.recoveryOf(PAYEE);
        check(asked.account == NEW_ACCOUNT && asked.steward == steward, "for whom, by whom");
        check(asked.readyAt == block.timestamp + RECOVERY && own.recoveryNonce(PAYEE) == 1, "from when");
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.RecoveryPends.selector, PAYEE));
        own.withdraw(PAYEE);
        vm.warp(asked.readyAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.TooEarly.selector, asked.readyAt));
        own.finishRecovery(PAYEE);
        vm.warp(asked.readyAt);
        own.finishRecovery(PAYEE);
        check(own.boundTo(PAYEE) == NEW_ACCOUNT && own.recoveryOf(PAYEE).readyAt == 0, "replaced");
        check(own.withdraw(PAYEE) == 9 && token.balanceOf(NEW_ACCOUNT) == 9, "paid to the new one");
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.NoRecovery.selector, PAYEE));
        own.finishRecovery(PAYEE);
    }

    function test_whoHasTheKeyWithdrawsMeanwhileAndCancels() public {
        credit(PAYEE, 9);
        bind(PAYEE, ACCOUNT);
        request(PAYEE, NEW_ACCOUNT, 0);
        vm.prank(ACCOUNT);
        check(own.withdraw(PAYEE) == 9, "its own money");
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.NotTheAccount.selector, NEW_ACCOUNT));
        vm.prank(NEW_ACCOUNT);
        own.cancelRecovery(PAYEE);
        vm.prank(ACCOUNT);
        own.cancelRecovery(PAYEE);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.NoRecovery.selector, PAYEE));
        vm.prank(ACCOUNT);
        own.cancelRecovery(PAYEE);
        request(PAYEE, NEW_ACCOUNT, 1);
        vm.prank(steward);
        own.cancelRecovery(PAYEE);
        request(PAYEE, NEW_ACCOUNT, 2);
        vm.prank(TREASURY);
        own.cancelRecovery(PAYEE);
        check(own.recoveryNonce(PAYEE) == 3 && own.boundTo(PAYEE) == ACCOUNT, "as before");
    }

    function test_aRequestIsForABoundNameAnotherAddressAndOnce() public {
        uint256 end = block.timestamp;
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.NotBound.selector, PAYEE));
        own.requestRecovery(PAYEE, NEW_ACCOUNT, end, steward, "");
        bind(PAYEE, ACCOUNT);
        vm.expectRevert(IPayeeEscrow.EmptyAccount.selector);
        own.requestRecovery(PAYEE, address(0), end, steward, "");
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.SameAccount.selector, ACCOUNT));
        own.requestRecovery(PAYEE, ACCOUNT, end, steward, "");
        bytes memory signature = sign(STEWARD_KEY, recoverHash(PAYEE, NEW_ACCOUNT, 0, end));
        vm.expectRevert(IPayeeEscrow.NotTheSteward.selector);
        own.requestRecovery(PAYEE, address(0xBAD), end, steward, signature);
        request(PAYEE, NEW_ACCOUNT, 0);
        vm.expectRevert(abi.encodeWithSelector(IPayeeEscrow.RecoveryPends.selector, PAYEE));
        own.requestRecovery(PAYEE, NEW_ACCOUNT, end, steward, "");
        vm.prank(ACCOUNT);
        own.cancelRecovery(PAYEE);
        // A signature serves one request.
        vm.expectRevert(IPayeeEscrow.NotTheSteward.selector);
        own.requestRecovery(PAYEE, NEW_ACCOUNT, end, steward, signature);
    }

    function test_aStewardWhoIsNoneAnyMoreFinishesNothing() public {
        bind(PAYEE, ACCOUNT);
        request(PAYEE, NEW_ACCOUNT, 0);
        bytes32 role = Roles.STEWARD;
        vm.prank(TREASURY);
        own.revokeRole(role, steward);
        vm.warp(block.timestamp + RECOVERY);
        vm.expectRevert(IPayeeEscrow.NotTheSteward.selector);
        own.finishRecovery(PAYEE);
    }

    function credit(bytes32 payee_, uint256 amountWei) private {
        token.transfer(address(own), amountWei);
        own.credit(payee_, amountWei);
    }

    function bind(bytes32 payee_, address account) private {
        uint256 end = block.timestamp;
        own.bind(payee_, account, end, steward, sign(STEWARD_KEY, bindHash(payee_, account, end)));
    }

    function merge(bytes32 aliased, bytes32 into) private {
        uint256 end = block.timestamp;
        own.merge(aliased, into, end, steward, sign(STEWARD_KEY, mergeHash(aliased, into, end)));
    }

    function request(bytes32 payee_, address account, uint256 nonce) private {
        uint256 end = block.timestamp;
        own.requestRecovery(
            payee_, account, end, steward, sign(STEWARD_KEY, recoverHash(payee_, account, nonce, end))
        );
    }

    function bindHash(bytes32 payee_, address account, uint256 end) private pure returns (bytes32) {
        return keccak256(
            abi.encode(keccak256("Bind(bytes32 payee,address account,uint256 deadline)"), payee_, account, end)
        );
    }

    function mergeHash(bytes32 aliased, bytes32 into, uint256 end) private pure returns (bytes32) {
        return keccak256(
            abi.encode(keccak256("Merge(bytes32 alias,bytes32 into,uint256 deadline)"), aliased, into, end)
        );
    }

    function recoverHash(bytes32 payee_, address account, uint256 nonce, uint256 end) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("Recover(bytes32 payee,address account,uint256 nonce,uint256 deadline)"),
                payee_,
                account,
                nonce,
                end
            )
        );
    }

    function sign(uint256 key, bytes32 structHash) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Tributary PayeeEscrow"),
                keccak256("1"),
                block.chainid,
                address(own)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }
}
