// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Disputes} from "./Disputes.sol";
import {IDisputes} from "./IDisputes.sol";
import {Roles} from "./access/Roles.sol";
import {DisputesSystem} from "./test/DisputesSystem.sol";
import {vm} from "./test/Vm.sol";

/// @title On which terms, and who may challenge, answer and decide.
contract DisputesPartiesTest is DisputesSystem {
    function setUp() public {
        deployDisputes();
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
}
