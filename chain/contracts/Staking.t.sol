// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IStaking} from "./IStaking.sol";
import {OpenToken} from "./OpenToken.sol";
import {Staking} from "./Staking.sol";
import {Roles} from "./access/Roles.sol";
import {Governed} from "./access/Governed.sol";
import {vm} from "./test/Vm.sol";

contract StakingTest {
    uint256 private constant COOLDOWN = 7 days;
    address private constant TIMELOCK = address(0x71);
    address private constant DISPUTES = address(0xD15);
    address private constant ALICE = address(0xA11CE);
    IStaking.Role private constant SERVER = IStaking.Role.Server;
    IStaking.Role private constant CURATOR = IStaking.Role.Curator;

    OpenToken private token;
    Staking private staking;

    function setUp() public {
        vm.warp(1_800_000_000);
        token = new OpenToken(address(this), 1e30);
        staking = new Staking(token, COOLDOWN, TIMELOCK, DISPUTES);
        token.transfer(ALICE, 1e24);
        vm.prank(ALICE);
        token.approve(address(staking), type(uint256).max);
    }

    function test_itKnowsItsTokenAndItsCoolDown() public view {
        check(address(staking.token()) == address(token) && staking.cooldownSeconds() == COOLDOWN, "built");
        check(staking.hasRole(bytes32(0), TIMELOCK) && !staking.hasRole(bytes32(0), address(this)), "admin");
        check(staking.getRoleMemberCount(Roles.DISPUTES) == 1 && staking.hasRole(Roles.DISPUTES, DISPUTES), "disputes");
    }

    function test_withoutATimelockThereIsNone() public {
        vm.expectRevert(Governed.EmptyTimelock.selector);
        new Staking(token, COOLDOWN, address(0), DISPUTES);
    }

    function testFuzz_stakesOfRolesAddUpAndStayApart(uint96 a, uint96 b) public {
        (uint128 server, uint128 curator) = (uint128(a % 1e20) + 1, uint128(b % 1e20) + 1);
        stake(SERVER, server);
        stake(SERVER, server);
        stake(CURATOR, curator);
        check(stakeOf(SERVER).activeWei == 2 * server && stakeOf(CURATOR).activeWei == curator, "by role");
        check(staking.totalWei() == 2 * uint256(server) + curator, "sum");
        check(token.balanceOf(address(staking)) == staking.totalWei(), "backed");
    }

    function test_nothingIsNoStakeAndNoRequest() public {
        vm.expectRevert(IStaking.NothingToMove.selector);
        vm.prank(ALICE);
        staking.stake(SERVER, 0);
        stake(SERVER, 10);
        vm.expectRevert(IStaking.NothingToMove.selector);
        vm.prank(ALICE);
        staking.requestUnstake(SERVER, 0);
        vm.expectRevert(IStaking.NothingToMove.selector);
        vm.prank(ALICE);
        staking.withdraw(SERVER);
    }

    function test_whatIsAskedBackWaitsOutTheCoolDownAndComesOnce() public {
        stake(SERVER, 100);
        vm.expectRevert(abi.encodeWithSelector(IStaking.StakeTooSmall.selector, 101, 100));
        vm.prank(ALICE);
        staking.requestUnstake(SERVER, 101);
        request(SERVER, 40);
        IStaking.Stake memory s = stakeOf(SERVER);
        check(s.activeWei == 60 && s.pendingWei == 40 && s.withdrawableAt == block.timestamp + COOLDOWN, "asked");
        check(staking.totalWei() == 100, "still at stake");
        vm.warp(s.withdrawableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IStaking.CoolingDown.selector, s.withdrawableAt));
        vm.prank(ALICE);
        staking.withdraw(SERVER);
        vm.warp(s.withdrawableAt);
        uint256 before = token.balanceOf(ALICE);
        vm.prank(ALICE);
        check(staking.withdraw(SERVER) == 40, "what was pending");
        check(token.balanceOf(ALICE) == before + 40 && staking.totalWei() == 60, "moved");
        check(stakeOf(SERVER).pendingWei == 0 && stakeOf(SERVER).activeWei == 60, "nothing is pending");
        vm.expectRevert(IStaking.NothingToMove.selector);
        vm.prank(ALICE);
        staking.withdraw(SERVER);
    }

    function test_aSecondRequestStartsTheCoolDownAnewForAll() public {
        stake(SERVER, 100);
        request(SERVER, 10);
        vm.warp(block.timestamp + COOLDOWN - 1);
        request(SERVER, 90);
        IStaking.Stake memory s = stakeOf(SERVER);
        check(s.pendingWei == 100 && s.activeWei == 0 && s.withdrawableAt == block.timestamp + COOLDOWN, "anew");
    }

    function test_whileADisputeIsOpenNothingIsWithdrawn() public {
        stake(SERVER, 100);
        stake(CURATOR, 100);
        request(SERVER, 100);
        request(CURATOR, 100);
        vm.prank(DISPUTES);
        staking.freeze(ALICE, SERVER);
        vm.prank(DISPUTES);
        staking.freeze(ALICE, SERVER);
        check(stakeOf(SERVER).disputes == 2 && stakeOf(CURATOR).disputes == 0, "counted by role");
        vm.warp(block.timestamp + COOLDOWN);
        vm.expectRevert(abi.encodeWithSelector(IStaking.DisputeOpen.selector, 2));
        vm.prank(ALICE);
        staking.withdraw(SERVER);
        vm.prank(ALICE);
        check(staking.withdraw(CURATOR) == 100, "another role is free");
        vm.prank(DISPUTES);
        staking.unfreeze(ALICE, SERVER);
        vm.expectRevert(abi.encodeWithSelector(IStaking.DisputeOpen.selector, 1));
        vm.prank(ALICE);
        staking.withdraw(SERVER);
        vm.prank(DISPUTES);
        staking.unfreeze(ALICE, SERVER);
        vm.expectRevert(abi.encodeWithSelector(IStaking.NotFrozen.selector, ALICE, SERVER));
        vm.prank(DISPUTES);
        staking.unfreeze(ALICE, SERVER);
        vm.prank(ALICE);
        check(staking.withdraw(SERVER) == 100, "free again");
    }

    function testFuzz_aSlashTakesItsPartOfActiveAndPendingAndGoesToDisputes(uint64 active, uint64 pending, uint32 ppm) public {
        ppm = ppm % 1_000_001;
        (uint128 kept, uint128 asked) = (uint128(active) + 1, uint128(pending) + 1);
        stake(SERVER, kept + asked);
        request(SERVER, asked);
        uint256 taken = (uint256(kept) * ppm) / 1_000_000 + (uint256(asked) * ppm) / 1_000_000;
        vm.prank(DISPUTES);
        check(staking.slash(ALICE, SERVER, ppm) == taken, "rounded down, each");
        IStaking.Stake memory s = stakeOf(SERVER);
        check(s.activeWei == kept - (uint256(kept) * ppm) / 1_000_000, "active");
        check(s.pendingWei == asked - (uint256(asked) * ppm) / 1_000_000, "pending");
        check(token.balanceOf(DISPUTES) == taken && staking.slashedWei() == taken, "gained is slashed");
        check(staking.totalWei() == uint256(kept) + asked - taken, "sum");
        check(token.balanceOf(address(staking)) == staking.totalWei(), "backed");
    }

    function test_slashesAddUpAndPassNoWhole() public {
        stake(SERVER, 100);
        vm.prank(DISPUTES);
        staking.slash(ALICE, SERVER, 100_000);
        vm.prank(DISPUTES);
        staking.slash(ALICE, SERVER, 500_000);
        check(staking.slashedWei() == 55 && stakeOf(SERVER).activeWei == 45, "10 and 45");
        vm.expectRevert(abi.encodeWithSelector(IStaking.PartOverWhole.selector, 1_000_001));
        vm.prank(DISPUTES);
        staking.slash(ALICE, SERVER, 1_000_001);
        vm.prank(DISPUTES);
        check(staking.slash(ALICE, SERVER, 1_000_000) == 45 && staking.totalWei() == 0, "all of it");
        vm.prank(DISPUTES);
        check(staking.slash(ALICE, SERVER, 1_000_000) == 0, "of nothing, nothing");
    }

    function test_onlyDisputesFreezesAndSlashes() public {
        stake(SERVER, 100);
        bytes memory refused =
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, TIMELOCK, Roles.DISPUTES);
        vm.expectRevert(refused);
        vm.prank(TIMELOCK);
        staking.freeze(ALICE, SERVER);
        vm.expectRevert(refused);
        vm.prank(TIMELOCK);
        staking.unfreeze(ALICE, SERVER);
        vm.expectRevert(refused);
        vm.prank(TIMELOCK);
        staking.slash(ALICE, SERVER, 1);
    }

    function stake(IStaking.Role role, uint128 amountWei) private {
        vm.prank(ALICE);
        staking.stake(role, amountWei);
    }

    function request(IStaking.Role role, uint128 amountWei) private {
        vm.prank(ALICE);
        staking.requestUnstake(role, amountWei);
    }

    function stakeOf(IStaking.Role role) private view returns (IStaking.Stake memory) {
        return staking.stakeOf(ALICE, role);
    }

    function check(bool ok, string memory fact) private pure {
        require(ok, fact);
    }
}
