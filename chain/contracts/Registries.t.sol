// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {DatanetRegistry} from "./DatanetRegistry.sol";
import {IDatanetRegistry} from "./IDatanetRegistry.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {IRuleRegistry} from "./IRuleRegistry.sol";
import {ModelRegistry} from "./ModelRegistry.sol";
import {RuleRegistry} from "./RuleRegistry.sol";
import {Roles} from "./access/Roles.sol";
import {vm} from "./test/Vm.sol";

contract RegistriesTest {
    DatanetRegistry private datanets;
    ModelRegistry private models;
    RuleRegistry private rules;
    address private constant TIMELOCK = address(0x71);

    function setUp() public {
        address[] memory me = new address[](1);
        me[0] = address(this);
        datanets = new DatanetRegistry(TIMELOCK, me);
        rules = new RuleRegistry(TIMELOCK, 0, 0, "rule", IRuleRegistry.Parts(0, 0, 0, 1_000_000), "engine");
        models = new ModelRegistry(datanets, rules, TIMELOCK, me);
    }

    function testFuzz_aVersionIsRecordedOnceAndNeverChanges(bytes32 net, bytes32 root, uint64 n, uint64 m) public {
        vm.assume(root != 0 && n != 0 && m != 0);
        datanets.publishVersion(net, root, "licences", "card", n);
        IDatanetRegistry.Version memory v = datanets.version(root);
        require(v.datanet == net && v.samples == n && v.licences == "licences" && v.card == "card" && v.index == 0);
        require(v.blockNumber == block.number && datanets.versionCount(net) == 1);
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.AlreadyRecorded.selector, root));
        datanets.publishVersion(keccak256("other"), root, "licences", "card", m);
    }

    function test_batchesOfADatanetAreNumbered() public {
        datanets.commitBatch("net", "first", 3);
        datanets.commitBatch("net", "second", 4);
        datanets.commitBatch("other", "third", 5);
        require(datanets.batch("first").datanet == "net" && datanets.batch("first").blockNumber == block.number, "first");
        require(datanets.batch("second").index == 1 && datanets.batch("second").count == 4, "second");
        require(datanets.batch("third").index == 0 && datanets.batchCount("net") == 2, "third");
        vm.expectRevert(abi.encodeWithSelector(IDatanetRegistry.AlreadyRecorded.selector, bytes32("first")));
        datanets.commitBatch("net", "first", 3);
    }

    function test_emptyRootsAndEmptySetsAreRefused() public {
        vm.expectRevert(IDatanetRegistry.EmptyRoot.selector);
        datanets.commitBatch("net", 0, 1);
        vm.expectRevert(IDatanetRegistry.EmptySet.selector);
        datanets.commitBatch("net", "root", 0);
        vm.expectRevert(IDatanetRegistry.EmptyRoot.selector);
        datanets.publishVersion("net", 0, 0, 0, 1);
        vm.expectRevert(IDatanetRegistry.EmptySet.selector);
        datanets.publishVersion("net", "root", 0, 0, 0);
    }

    function test_onlyAnOperatorRecordsNotEvenTheTimelock() public {
        bytes memory refused = 
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, TIMELOCK, Roles.OPERATOR);
        vm.expectRevert(refused);
        vm.prank(TIMELOCK);
        datanets.commitBatch("net", "root", 1);
        vm.expectRevert(refused);
        vm.prank(TIMELOCK);
        datanets.publishVersion("net", "root", 0, 0, 1);
        IModelRegistry.Model memory m = model();
        vm.expectRevert(refused);
        vm.prank(TIMELOCK);
        models.register("adapter", m);
    }

    function test_aModelNeedsItsDatanetVersionAndEveryDigest() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownDatanet.selector, bytes32("version")));
        models.register("adapter", model());

        datanets.publishVersion("net", "version", 0, 0, 1);
        models.register("adapter", model());
        require(models.model("adapter").blockNumber == block.number, "block");
        require(models.model("adapter").counterfactuals == "counterfactuals", "counterfactuals");

        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.AlreadyRegistered.selector, bytes32("adapter")));
        models.register("adapter", model());

        vm.expectRevert(IModelRegistry.EmptyDigest.selector);
        models.register(0, model());
        for (uint256 i = 0; i < 3; i++) {
            IModelRegistry.Model memory m = model();
            if (i == 0) m.base = 0;
            if (i == 1) m.recipe = 0;
            if (i == 2) m.counterfactuals = 0;
            vm.expectRevert(IModelRegistry.EmptyDigest.selector);
            models.register("another", m);
        }
        IModelRegistry.Model memory lawless = model();
        lawless.rule = "another rule";
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.RuleNotAdopted.selector, bytes32("another rule")));
        models.register("another", lawless);
        lawless.rule = "engine";
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.RuleNotAdopted.selector, bytes32("engine")));
        models.register("another", lawless);
        require(address(models.rules()) == address(rules) && address(models.datanets()) == address(datanets), "built");
        require(models.model("adapter").licences == "licences" && models.hasRole(0, TIMELOCK), "all of it");
        require(datanets.hasRole(0, TIMELOCK), "admin");
        IModelRegistry.Model memory orphan = model();
        orphan.modelOwner = address(0);
        vm.expectRevert(IModelRegistry.EmptyOwner.selector);
        models.register("another", orphan);
    }

    function model() private pure returns (IModelRegistry.Model memory) {
        return IModelRegistry.Model("base", "version", "recipe", "counterfactuals", "card", "licences", "rule", address(1), 0);
    }

    function test_versionsOfADatanetAreNumbered() public {
        datanets.publishVersion("net", "first", 0, 0, 1);
        datanets.publishVersion("net", "second", 0, 0, 1);
        require(datanets.version("second").index == 1 && datanets.versionCount("net") == 2, "second");
    }
}
