// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DatanetPools} from "./DatanetPools.sol";
import {IDatanetPools} from "./IDatanetPools.sol";
import {OpenToken} from "./OpenToken.sol";
import {vm} from "./test/Vm.sol";

contract DatanetPoolsTest {
    address private constant ESCROW = address(0xE5C);
    address private constant TIMELOCK = address(0x71);
    address private constant BOB = address(0xB0B);

    OpenToken private token;
    DatanetPools private pools;

    function setUp() public {
        token = new OpenToken(address(this), 1e30);
        pools = new DatanetPools(token, ESCROW, TIMELOCK);
        token.transfer(address(pools), 1e20);
    }

    function test_itKnowsWhoMayDoWhat() public view {
        check(address(pools.token()) == address(token), "token");
        check(pools.escrow() == ESCROW && pools.timelock() == TIMELOCK, "roles");
    }

    function testFuzz_poolsAreCreditedApartAndAddUp(uint64 a, uint64 b) public {
        (uint256 rivers, uint256 lakes) = (uint256(a) + 1, uint256(b) + 1);
        credit("rivers", rivers);
        credit("rivers", rivers);
        credit("lakes", lakes);
        check(pools.balanceOf("rivers") == 2 * rivers && pools.balanceOf("lakes") == lakes, "apart");
        check(pools.totalWei() == 2 * rivers + lakes, "together");
    }

    function test_onlyTheEscrowCreditsAndOnlySomethingToSomebody() public {
        vm.expectRevert(abi.encodeWithSelector(IDatanetPools.OnlyEscrow.selector, TIMELOCK));
        vm.prank(TIMELOCK);
        pools.credit("rivers", 1);
        vm.expectRevert(IDatanetPools.EmptyDatanet.selector);
        vm.prank(ESCROW);
        pools.credit(0, 1);
        vm.expectRevert(IDatanetPools.NothingToMove.selector);
        vm.prank(ESCROW);
        pools.credit("rivers", 0);
    }

    function testFuzz_aPoolIsSpentToItsLastWeiAndNotBeyond(uint64 has, uint64 part) public {
        uint256 all = uint256(has) + 1;
        uint256 first = uint256(part) % all + 1;
        credit("rivers", all);
        credit("lakes", 7);
        spend("rivers", first);
        check(token.balanceOf(BOB) == first && pools.balanceOf("rivers") == all - first, "moved");
        check(pools.totalWei() == all - first + 7, "together");
        vm.expectRevert(
            abi.encodeWithSelector(IDatanetPools.PoolTooSmall.selector, bytes32("rivers"), all - first + 1, all - first)
        );
        vm.prank(TIMELOCK);
        pools.spend("rivers", BOB, all - first + 1, "reason");
        if (first != all) spend("rivers", all - first);
        check(pools.balanceOf("rivers") == 0 && pools.balanceOf("lakes") == 7 && pools.totalWei() == 7, "to the last");
        check(token.balanceOf(BOB) == all, "all of it");
    }

    function test_onlyTheTimelockSpendsSomethingToSomebodyForAReason() public {
        credit("rivers", 10);
        vm.expectRevert(abi.encodeWithSelector(IDatanetPools.OnlyTimelock.selector, ESCROW));
        vm.prank(ESCROW);
        pools.spend("rivers", BOB, 1, "reason");
        vm.expectRevert(IDatanetPools.EmptyReceiver.selector);
        vm.prank(TIMELOCK);
        pools.spend("rivers", address(0), 1, "reason");
        vm.expectRevert(IDatanetPools.EmptyReason.selector);
        vm.prank(TIMELOCK);
        pools.spend("rivers", BOB, 1, 0);
        vm.expectRevert(IDatanetPools.NothingToMove.selector);
        vm.prank(TIMELOCK);
        pools.spend("rivers", BOB, 0, "reason");
    }

    function credit(bytes32 datanet, uint256 amountWei) private {
        vm.prank(ESCROW);
        pools.credit(datanet, amountWei);
    }

    function spend(bytes32 datanet, uint256 amountWei) private {
        vm.prank(TIMELOCK);
        pools.spend(datanet, BOB, amountWei, "reason");
    }

    function check(bool ok, string memory fact) private pure {
        require(ok, fact);
    }
}
