// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Disputes} from "./Disputes.sol";
import {IDisputes} from "./IDisputes.sol";
import {IPayeeEscrow} from "./IPayeeEscrow.sol";
import {IRewardVault} from "./IRewardVault.sol";
import {IStaking} from "./IStaking.sol";
import {OpenToken} from "./OpenToken.sol";
import {RewardVault} from "./RewardVault.sol";
import {Staking} from "./Staking.sol";
import {Roles} from "./access/Roles.sol";
import {vm} from "./test/Vm.sol";

interface NonceVm {
    function getNonce(address account) external view returns (uint64);
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
}

/// @dev This contract is the operator, and so the accused of every root; ALICE challenges, RESOLVER decides.
contract DisputesTest {
    uint256 private constant WINDOW = 1 hours;
    uint256 private constant ANSWER = 30 minutes;
    uint256 private constant DECIDE = 2 hours;
    uint128 private constant BOND = 1_001;
    uint256 private constant SERVER_KEY = 0x5E4;
    address private constant TIMELOCK = address(0x71);
    address private constant RESOLVER = address(0x4E5);
    address private constant ALICE = address(0xA11CE);
    bytes32 private constant ROOT = "root";

    OpenToken private token;
    RewardVault private vault;
    Staking private staking;
    Disputes private disputes;
    address private server;

    function setUp() public {
        vm.warp(1_800_000_000);
        NonceVm nonces = NonceVm(address(vm));
        server = vm.addr(SERVER_KEY);
        token = new OpenToken(address(this), 1e30);
        address planned = nonces.computeCreateAddress(address(this), nonces.getNonce(address(this)) + 2);
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

    function test_itKnowsItsTermsAndItsContracts() public view {
        IDisputes.Terms memory t = disputes.terms();
        check(t.bondWei == BOND && t.answerSeconds == ANSWER && t.decideSeconds == DECIDE, "bond and times");
        check(t.winnerPpm == 600_000 && t.slashPpm == 300_000 && t.finderPpm == 400_000, "parts");
        check(address(disputes.token()) == address(token) && address(disputes.vault()) == address(vault), "token, vault");
        check(address(disputes.staking()) == address(staking) && disputes.treasury() == TIMELOCK, "staking, treasury");
        check(disputes.hasRole(Roles.RESOLVER, RESOLVER) && disputes.hasRole(0, TIMELOCK), "roles");
    }

    function test_termsThatMakeNoSenseAreRefused() public {
        for (uint256 i = 0; i < 6; i++) {
            IDisputes.Terms memory t = terms();
            if (i == 0) t.bondWei = 0;
            if (i == 1) t.answerSeconds = 0;
            if (i == 2) t.decideSeconds = 0;
            if (i == 3) t.winnerPpm = 1_000_001;
            if (i == 4) t.slashPpm = 1_000_001;
            if (i == 5) t.finderPpm = 500_001;
            vm.expectRevert(IDisputes.BadTerms.selector);
            new Disputes(token, vault, staking, TIMELOCK, list(RESOLVER), t);
        }
        IDisputes.Terms memory extreme = IDisputes.Terms(1, 1, 1, 1_000_000, 1_000_000, 500_000);
        check(new Disputes(token, vault, staking, TIMELOCK, list(RESOLVER), extreme).terms().bondWei == 1, "extreme");
    }

    function test_anOpenChallengeHoldsTheRootItsBondAndTheStake() public {
        uint256 before = token.balanceOf(ALICE);
        uint256 id = openRoot();
        check(id == 1 && disputes.count() == 1, "counted from 1");
        IDisputes.Dispute memory d = disputes.disputeOf(id);
        check(d.kind == IDisputes.Kind.Root && d.state == IDisputes.State.Open && d.epoch == 1, "what");
        check(d.challenger == ALICE && d.accused == address(this), "who");
        check(d.subject == ROOT && d.evidence == "evidence" && d.answer == 0, "why");
        check(d.answerUntil == block.timestamp + ANSWER && d.decideUntil == 0 && d.slashedWei == 0, "until when");
        check(disputes.openOnRoot(1, ROOT) == id && disputes.openOnRoot(2, ROOT) == 0, "found by its root");
        check(token.balanceOf(ALICE) == before - BOND && disputes.bondedWei() == BOND, "bonded");
        check(vault.proposal().heldAt == block.timestamp, "held");
        check(staking.stakeOf(address(this), IStaking.Role.Attributor).disputes == 1, "frozen");
        vm.warp(block.timestamp + WINDOW);
        vm.expectRevert(abi.encodeWithSelector(IRewardVault.Held.selector, 1));
        vault.finalise(1);
    }

    function test_onlyTheRootThatIsProposedCanBeChallengedOnceAtATimeWithEvidence() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.OtherRoot.selector, ROOT));
        vm.prank(ALICE);
        disputes.openRoot(1, "other", "evidence");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.OtherRoot.selector, ROOT));
        vm.prank(ALICE);
        disputes.openRoot(2, ROOT, "evidence");
        vm.expectRevert(IDisputes.EmptyEvidence.selector);
        vm.prank(ALICE);
        disputes.openRoot(1, ROOT, 0);
        openRoot();
        vm.expectRevert(abi.encodeWithSelector(IDisputes.AlreadyOpen.selector, 1));
        vm.prank(ALICE);
        disputes.openRoot(1, ROOT, "evidence");
        vault.rootOf(1);
    }

    function test_withoutAProposalThereIsNothingToChallenge() public {
        vault.withdrawProposal(1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.OtherRoot.selector, bytes32(0)));
        vm.prank(ALICE);
        disputes.openRoot(0, 0, "evidence");
    }

    function test_whoDoesNotAnswerLosesStakeAndRoot() public {
        uint256 id = openRoot();
        vm.warp(block.timestamp + ANSWER - 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.TimeRuns.selector, block.timestamp + 1));
        disputes.expire(id);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.TimeOver.selector, block.timestamp));
        disputes.answer(id, "answer");
        disputes.expire(id);
        IDisputes.Dispute memory d = disputes.disputeOf(id);
        check(d.state == IDisputes.State.Upheld && d.slashedWei == 300, "300 of 1,000");
        check(disputes.payableWei(ALICE) == BOND + 120 && disputes.payableWei(TIMELOCK) == 180, "finder and treasury");
        check(disputes.bondedWei() == 0 && disputes.openOnRoot(1, ROOT) == 0, "over");
        check(staking.stakeOf(address(this), IStaking.Role.Attributor).activeWei == 700, "slashed");
        check(staking.stakeOf(address(this), IStaking.Role.Attributor).disputes == 0, "free again");
        check(vault.proposal().root == 0, "the root is gone");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotOpen.selector, id, IDisputes.State.Upheld));
        disputes.expire(id);
        vault.propose(1, ROOT, 0, "evidence");
        check(openRoot() == 2, "a root may be challenged anew");
    }

    function test_anUpheldChallengeGetsItsPartOfTheLosersBondAndTheTreasuryTheRest() public {
        uint256 id = openAndAnswer();
        check(disputes.bondedWei() == 2 * BOND, "both are bonded");
        IDisputes.Dispute memory d = disputes.disputeOf(id);
        check(d.state == IDisputes.State.Answered && d.answer == "answer", "answered");
        check(d.decideUntil == block.timestamp + DECIDE, "until when");
        vm.warp(block.timestamp + DECIDE - 1);
        vm.prank(RESOLVER);
        disputes.decide(id, true, true);
        check(disputes.disputeOf(id).state == IDisputes.State.Upheld && disputes.disputeOf(id).slashedWei == 300, "upheld");
        check(disputes.payableWei(ALICE) == BOND + 600 + 120, "own bond, 600 of 1,001, 120 of 300");
        check(disputes.payableWei(TIMELOCK) == 401 + 180 && disputes.bondedWei() == 0, "the rest");
        payOut(ALICE, BOND + 720);
        payOut(TIMELOCK, 581);
        check(token.balanceOf(address(disputes)) == 0, "to the wei");
    }

    function test_aDecisionWithoutSlashTakesNoStake() public {
        uint256 id = openAndAnswer();
        vm.prank(RESOLVER);
        disputes.decide(id, true, false);
        check(disputes.disputeOf(id).slashedWei == 0 && disputes.payableWei(ALICE) == BOND + 600, "bonds only");
        check(staking.stakeOf(address(this), IStaking.Role.Attributor).activeWei == 1_000, "whole");
    }

    function test_aDismissedChallengeLosesItsBondAndTheRootGoesOnAndCanBeChallengedAgain() public {
        uint256 id = openAndAnswer();
        vm.warp(block.timestamp + 10);
        vm.prank(RESOLVER);
        disputes.decide(id, false, true);
        check(disputes.disputeOf(id).state == IDisputes.State.Dismissed && disputes.disputeOf(id).slashedWei == 0, "dismissed");
        check(disputes.payableWei(address(this)) == BOND + 600 && disputes.payableWei(ALICE) == 0, "to the accused");
        check(disputes.payableWei(TIMELOCK) == 401 && disputes.bondedWei() == 0, "the rest");
        check(vault.proposal().root == ROOT && vault.proposal().heldAt == 0, "released");
        check(staking.stakeOf(address(this), IStaking.Role.Attributor).disputes == 0, "free again");
        check(openRoot() == 2, "by whoever has a bond");
    }

    function test_aSilentResolverGivesBothTheirBondsAndTheRootIsNeverHeldAgain() public {
        uint256 id = openAndAnswer();
        vm.warp(block.timestamp + DECIDE - 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.TimeRuns.selector, block.timestamp + 1));
        disputes.expire(id);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.TimeOver.selector, block.timestamp));
        vm.prank(RESOLVER);
        disputes.decide(id, true, true);
        disputes.expire(id);
        check(disputes.disputeOf(id).state == IDisputes.State.Undecided, "undecided");
        check(disputes.payableWei(ALICE) == BOND && disputes.payableWei(address(this)) == BOND, "bonds back");
        check(disputes.payableWei(TIMELOCK) == 0 && disputes.bondedWei() == 0, "nothing else");
        check(vault.proposal().heldAt == 0 && disputes.openOnRoot(1, ROOT) == 0, "released");
        vm.expectRevert();
        vm.prank(ALICE);
        disputes.openRoot(1, ROOT, "evidence");
    }

    function test_theAccusedMayConcedeWhileNobodyHasDecided() public {
        uint256 id = openRoot();
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotTheAccused.selector, ALICE));
        vm.prank(ALICE);
        disputes.concede(id);
        disputes.concede(id);
        check(disputes.disputeOf(id).slashedWei == 300 && disputes.payableWei(ALICE) == BOND + 120, "as if unanswered");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotOpen.selector, id, IDisputes.State.Upheld));
        disputes.concede(id);
        vault.propose(1, "again", 0, "evidence");
        vm.prank(ALICE);
        uint256 next = disputes.openRoot(1, "again", "evidence");
        disputes.answer(next, "answer");
        disputes.concede(next);
        check(disputes.payableWei(ALICE) == BOND + 120 + BOND + 600 + 84, "after an answer too, with its bond");
    }

    function test_onlyTheAccusedAnswersOnceWithSomething() public {
        uint256 id = openRoot();
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotTheAccused.selector, ALICE));
        vm.prank(ALICE);
        disputes.answer(id, "answer");
        vm.expectRevert(IDisputes.EmptyEvidence.selector);
        disputes.answer(id, 0);
        disputes.answer(id, "answer");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotOpen.selector, id, IDisputes.State.Answered));
        disputes.answer(id, "answer");
    }

    function test_onlyAResolverWhoIsNoPartyDecidesWhatIsAnswered() public {
        uint256 id = openRoot();
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NotAnswered.selector, id, IDisputes.State.Open));
        vm.prank(RESOLVER);
        disputes.decide(id, true, true);
        disputes.answer(id, "answer");
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, ALICE, Roles.RESOLVER)
        );
        vm.prank(ALICE);
        disputes.decide(id, true, true);
        bytes32 role = Roles.RESOLVER;
        vm.prank(TIMELOCK);
        disputes.grantRole(role, ALICE);
        vm.prank(TIMELOCK);
        disputes.grantRole(role, address(this));
        vm.expectRevert(abi.encodeWithSelector(IDisputes.IsParty.selector, ALICE));
        vm.prank(ALICE);
        disputes.decide(id, true, true);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.IsParty.selector, address(this)));
        disputes.decide(id, false, true);
    }

    function test_aReceiptIsChallengedByTheSignatureOfItsServerAndClosedWhenUpheld() public {
        bytes memory signature = signed("receipt");
        vm.prank(ALICE);
        uint256 id = disputes.openReceipt("receipt", signature, "evidence");
        IDisputes.Dispute memory d = disputes.disputeOf(id);
        check(d.kind == IDisputes.Kind.Receipt && d.accused == server && d.epoch == 0 && d.subject == "receipt", "what");
        check(disputes.openOnReceipt("receipt", server) == id && disputes.openOnReceipt("receipt", ALICE) == 0, "found");
        check(staking.stakeOf(server, IStaking.Role.Server).disputes == 1, "frozen");
        check(vault.proposal().heldAt == 0, "roots go on");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.AlreadyOpen.selector, id));
        vm.prank(ALICE);
        disputes.openReceipt("receipt", signature, "evidence");
        vm.warp(block.timestamp + ANSWER);
        disputes.expire(id);
        check(disputes.payableWei(ALICE) == BOND + 60 && disputes.payableWei(TIMELOCK) == 90, "150 of 500");
        check(staking.stakeOf(server, IStaking.Role.Server).activeWei == 350, "slashed");
        check(disputes.openOnReceipt("receipt", server) == 0, "over");
        vm.expectRevert(abi.encodeWithSelector(IDisputes.Closed.selector, bytes32("receipt")));
        vm.prank(ALICE);
        disputes.openReceipt("receipt", signature, "evidence");
    }

    function test_aReceiptThatWasDismissedMayBeChallengedAgain() public {
        bytes memory signature = signed("receipt");
        vm.prank(ALICE);
        uint256 id = disputes.openReceipt("receipt", signature, "evidence");
        vm.prank(server);
        disputes.answer(id, "answer");
        vm.prank(RESOLVER);
        disputes.decide(id, false, false);
        check(disputes.payableWei(server) == BOND + 600, "to the server");
        vm.prank(ALICE);
        check(disputes.openReceipt("receipt", signature, "evidence") == 2, "again");
    }

    function test_anUndecidedReceiptGivesBondsBackAndTouchesNoRoot() public {
        vm.prank(ALICE);
        uint256 id = disputes.openReceipt("receipt", signed("receipt"), "evidence");
        vm.prank(server);
        disputes.answer(id, "answer");
        vm.warp(block.timestamp + DECIDE);
        disputes.expire(id);
        check(disputes.payableWei(server) == BOND && disputes.payableWei(ALICE) == BOND, "bonds back");
        check(staking.stakeOf(server, IStaking.Role.Server).disputes == 0, "free again");
    }

    function test_whatIsPayableIsPaidOnceToItsAccount() public {
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NothingToWithdraw.selector, ALICE));
        disputes.withdraw(ALICE);
        disputes.concede(openRoot());
        payOut(ALICE, BOND + 120);
        vm.expectRevert(abi.encodeWithSelector(IDisputes.NothingToWithdraw.selector, ALICE));
        disputes.withdraw(ALICE);
    }

    function payOut(address account, uint256 amountWei) private {
        uint256 before = token.balanceOf(account);
        check(disputes.withdraw(account) == amountWei, "what is payable");
        check(token.balanceOf(account) == before + amountWei && disputes.payableWei(account) == 0, "paid");
    }

    function openRoot() private returns (uint256) {
        vm.prank(ALICE);
        return disputes.openRoot(1, ROOT, "evidence");
    }

    function openAndAnswer() private returns (uint256 id) {
        id = openRoot();
        disputes.answer(id, "answer");
    }

    function signed(bytes32 receipt) private view returns (bytes memory) {
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

    function terms() private pure returns (IDisputes.Terms memory) {
        return IDisputes.Terms(BOND, uint32(ANSWER), uint32(DECIDE), 600_000, 300_000, 400_000);
    }

    function fund(address account) private {
        if (account != address(this)) token.transfer(account, 1e20);
        vm.prank(account);
        token.approve(address(disputes), type(uint256).max);
        vm.prank(account);
        token.approve(address(staking), type(uint256).max);
    }

    function list(address account) private pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = account;
    }

    function check(bool ok, string memory fact) private pure {
        require(ok, fact);
    }
}
