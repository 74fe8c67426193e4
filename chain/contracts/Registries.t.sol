// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {DatanetRegistry} from "./DatanetRegistry.sol";
import {IDatanetRegistry} from "./IDatanetRegistry.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {ModelRegistry} from "./ModelRegistry.sol";
import {vm} from "./test/Vm.sol";

contract RegistriesTest {
    DatanetRegistry private datanets;
    ModelRegistry private models;
    address private constant STRANGER = address(0xBAD);

    function setUp() public {
        datanets = new DatanetRegistry(address(this));
        models = new ModelRegistry(datanets, address(this));
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

    function test_onlyTheOwnerRecords() public {
        bytes memory refused = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER);
        vm.expectRevert(refused);
        vm.prank(STRANGER);
        datanets.commitBatch("net", "root", 1);
        vm.expectRevert(refused);
        vm.prank(STRANGER);
        datanets.publishVersion("net", "root", 0, 0, 1);
        IModelRegistry.Model memory m = model();
        vm.expectRevert(refused);
        vm.prank(STRANGER);
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
        for (uint256 i = 0; i < 4; i++) {
            IModelRegistry.Model memory m = model();
            if (i == 0) m.base = 0;
            if (i == 1) m.recipe = 0;
            if (i == 2) m.counterfactuals = 0;
            if (i == 3) m.rule = 0;
            vm.expectRevert(IModelRegistry.EmptyDigest.selector);
            models.register("another", m);
        }
        IModelRegistry.Model memory orphan = model();
        orphan.modelOwner = address(0);
        vm.expectRevert(IModelRegistry.EmptyOwner.selector);
        models.register("another", orphan);
    }

    function model() private pure returns (IModelRegistry.Model memory) {
        return IModelRegistry.Model("base", "version", "recipe", "counterfactuals", "card", "rule", address(1), 0);
    }
}
