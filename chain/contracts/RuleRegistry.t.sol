// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRuleRegistry} from "./IRuleRegistry.sol";
import {RuleRegistry} from "./RuleRegistry.sol";
import {vm} from "./test/Vm.sol";

contract RuleRegistryTest {
    address private constant TIMELOCK = address(0x71);
    IRuleRegistry.Kind private constant RULE = IRuleRegistry.Kind.RevenueRule;
    IRuleRegistry.Kind private constant ENGINE = IRuleRegistry.Kind.Engine;

    RuleRegistry private rules;

    function setUp() public {
        vm.warp(1_800_000_000);
        rules = new RuleRegistry(TIMELOCK, 100_000, 300_000, "rule 1", parts(50_000, 150_000, 100_000), "engine 1");
    }

    function test_genesisIsInForceFromTheStartWithoutAReport() public view {
        check(rules.timelock() == TIMELOCK, "timelock");
        check(rules.maxTreasuryPpm() == 100_000 && rules.maxOperatorPpm() == 300_000, "ceilings");
        check(rules.current(RULE) == "rule 1" && rules.current(ENGINE) == "engine 1", "in force");
        check(rules.count(RULE) == 1 && rules.count(ENGINE) == 1, "one of each");
        check(rules.isAdopted(RULE, "rule 1") && rules.isAdopted(ENGINE, "engine 1"), "adopted");
        check(!rules.isAdopted(RULE, "engine 1") && !rules.isAdopted(ENGINE, "rule 1"), "kinds stay apart");
        IRuleRegistry.Adoption memory first = rules.adoption(RULE, 0);
        check(first.digest == "rule 1" && first.report == 0 && first.adoptedAt == 1_800_000_000, "on record");
        check(first.parts.treasuryPpm == 50_000 && first.parts.serverPpm == 150_000, "parts");
        check(first.parts.modelOwnerPpm == 100_000 && first.parts.contributorsPpm == 700_000, "parts");
        checkNone(rules.adoption(ENGINE, 0).parts);
    }

    function test_theTimelockAdoptsAndNobodyElse() public {
        bytes memory refused = abi.encodeWithSelector(IRuleRegistry.OnlyTimelock.selector, address(this));
        vm.expectRevert(refused);
        rules.adoptRule("rule 2", parts(0, 0, 0), "report");
        vm.expectRevert(refused);
        rules.adoptEngine("engine 2", "report");
        vm.warp(1_800_000_100);
        adopt("rule 2", parts(100_000, 300_000, 0), "report");
        vm.prank(TIMELOCK);
        rules.adoptEngine("engine 2", "report 2");
        check(rules.current(RULE) == "rule 2" && rules.current(ENGINE) == "engine 2", "in force");
        check(rules.count(RULE) == 2 && rules.adoption(RULE, 0).digest == "rule 1", "the old one stays readable");
        IRuleRegistry.Adoption memory second = rules.adoption(RULE, 1);
        check(second.report == "report" && second.adoptedAt == 1_800_000_100, "with its report");
        check(second.parts.serverPpm == 300_000 && second.parts.contributorsPpm == 600_000, "and its parts");
        check(rules.adoption(ENGINE, 1).report == "report 2" && rules.isAdopted(ENGINE, "engine 2"), "engine");
        checkNone(rules.adoption(ENGINE, 1).parts);
    }

    function test_anOlderRuleComesBackWithItsOwnPartsOnly() public {
        adopt("rule 2", parts(0, 0, 0), "report");
        refuse(abi.encodeWithSelector(IRuleRegistry.OtherParts.selector, bytes32("rule 1")));
        rules.adoptRule("rule 1", parts(0, 0, 0), "report 3");
        adopt("rule 1", parts(50_000, 150_000, 100_000), "report 3");
        check(rules.current(RULE) == "rule 1" && rules.count(RULE) == 3, "back");
        refuse(abi.encodeWithSelector(IRuleRegistry.AlreadyCurrent.selector, bytes32("rule 1")));
        rules.adoptRule("rule 1", parts(50_000, 150_000, 100_000), "report 4");
    }

    function test_noRuleIsWithoutDigestOrReport() public {
        refuse(abi.encodePacked(IRuleRegistry.EmptyReport.selector));
        rules.adoptRule("rule 2", parts(0, 0, 0), 0);
        refuse(abi.encodePacked(IRuleRegistry.EmptyDigest.selector));
        rules.adoptRule(0, parts(0, 0, 0), "report");
        refuse(abi.encodePacked(IRuleRegistry.EmptyReport.selector));
        rules.adoptEngine("engine 2", 0);
        refuse(abi.encodePacked(IRuleRegistry.EmptyDigest.selector));
        rules.adoptEngine(0, "report");
    }

    function test_partsAreTheWholeAndUnderTheCeilingsWhoeverVotes() public {
        IRuleRegistry.Parts memory short = parts(0, 0, 0);
        short.contributorsPpm = 999_999;
        refuse(abi.encodeWithSelector(IRuleRegistry.NotTheWhole.selector, 999_999));
        rules.adoptRule("rule 2", short, "report");
        short.contributorsPpm = 1_000_001;
        refuse(abi.encodeWithSelector(IRuleRegistry.NotTheWhole.selector, 1_000_001));
        rules.adoptRule("rule 2", short, "report");
        refuse(abi.encodeWithSelector(IRuleRegistry.TreasuryOverCeiling.selector, 100_001, 100_000));
        rules.adoptRule("rule 2", parts(100_001, 0, 0), "report");
        refuse(abi.encodeWithSelector(IRuleRegistry.OperatorsOverCeiling.selector, 300_001, 300_000));
        rules.adoptRule("rule 2", parts(0, 200_000, 100_001), "report");
        refuse(abi.encodeWithSelector(IRuleRegistry.OperatorsOverCeiling.selector, 300_001, 300_000));
        rules.adoptRule("rule 2", parts(0, 100_000, 200_001), "report");
        adopt("rule 2", parts(100_000, 100_000, 200_000), "report");
    }

    function test_genesisKeepsToTheSameCeilingsAndTheyAreTogetherTheWholeAtMost() public {
        vm.expectRevert(abi.encodeWithSelector(IRuleRegistry.CeilingOverWhole.selector, 1_000_001));
        new RuleRegistry(TIMELOCK, 500_000, 500_001, "rule", parts(0, 0, 0), "engine");
        new RuleRegistry(TIMELOCK, 500_000, 500_000, "rule", parts(0, 0, 0), "engine");
        vm.expectRevert(abi.encodeWithSelector(IRuleRegistry.TreasuryOverCeiling.selector, 11, 10));
        new RuleRegistry(TIMELOCK, 10, 10, "rule", parts(11, 0, 0), "engine");
        vm.expectRevert(abi.encodeWithSelector(IRuleRegistry.OperatorsOverCeiling.selector, 11, 10));
        new RuleRegistry(TIMELOCK, 10, 10, "rule", parts(0, 11, 0), "engine");
        vm.expectRevert(IRuleRegistry.EmptyDigest.selector);
        new RuleRegistry(TIMELOCK, 10, 10, 0, parts(0, 0, 0), "engine");
        vm.expectRevert(IRuleRegistry.EmptyDigest.selector);
        new RuleRegistry(TIMELOCK, 10, 10, "rule", parts(0, 0, 0), 0);
    }

    function parts(uint32 treasury, uint32 server, uint32 owner) private pure returns (IRuleRegistry.Parts memory) {
        return IRuleRegistry.Parts(treasury, server, owner, 1_000_000 - treasury - server - owner);
    }

    function adopt(bytes32 digest, IRuleRegistry.Parts memory p, bytes32 report) private {
        vm.prank(TIMELOCK);
        rules.adoptRule(digest, p, report);
    }

    function refuse(bytes memory why) private {
        vm.expectRevert(why);
        vm.prank(TIMELOCK);
    }

    function checkNone(IRuleRegistry.Parts memory p) private pure {
        check(p.treasuryPpm == 0 && p.serverPpm == 0, "an engine has no parts");
        check(p.modelOwnerPpm == 0 && p.contributorsPpm == 0, "an engine has no parts");
    }

    function check(bool ok, string memory fact) private pure {
        require(ok, fact);
    }
}
