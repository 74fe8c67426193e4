// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Disputes} from "./Disputes.sol";
import {IDisputes} from "./IDisputes.sol";
import {IPayeeEscrow} from "./IPayeeEscrow.sol";
import {IStaking} from "./IStaking.sol";
import {OpenToken} from "./OpenToken.sol";
import {RewardVault} from "./RewardVault.sol";
import {Staking} from "./Staking.sol";
import {vm} from "./test/Vm.sol";

/// @title Stakes, accuses, answers, decides and lets times run out at random: one accused, one challenger, one resolver.
contract StakesHandler {
    uint128 private constant BOND = 1_001;
    address private constant TIMELOCK = address(0x7EA5);
    address private constant CHALLENGER = address(0xC4A1);
    address private constant RESOLVER = address(0x4E50);
    IStaking.Role private constant ROLE = IStaking.Role.Attributor;

    OpenToken private token;
    RewardVault private vault;
    Staking private staking;
    Disputes private disputes;
    uint256 private slashed;
    uint256 private paidOut;
    uint256 private bondsIn;
    uint256 private open;
    uint256 public ended;

    constructor() {
        vm.warp(1_800_000_000);
        token = new OpenToken(address(this), 1e30);
        address[] memory self = new address[](1);
        self[0] = address(this);
        address[] memory resolvers = new address[](1);
        resolvers[0] = RESOLVER;
        // The fourth contract that this one makes.
        address planned = address(uint160(uint256(keccak256(abi.encodePacked(bytes2(0xd694), address(this), bytes1(0x04))))));
        vault = new RewardVault(token, IPayeeEscrow(address(0)), 1 days, TIMELOCK, self, self, planned);
        staking = new Staking(token, 1 days, TIMELOCK, planned);
        IDisputes.Terms memory terms = IDisputes.Terms(BOND, 1 hours, 1 hours, 800_000, 333_333, 300_001);
        disputes = new Disputes(token, vault, staking, TIMELOCK, resolvers, terms);
        require(address(disputes) == planned, "planned");
        token.approve(address(staking), type(uint256).max);
        token.approve(address(disputes), type(uint256).max);
        token.transfer(CHALLENGER, 1e20);
        vm.prank(CHALLENGER);
        token.approve(address(disputes), type(uint256).max);
    }

    function stake(uint64 amount) external {
        if (amount != 0) staking.stake(ROLE, amount);
    }

    function requestUnstake(uint64 amount) external {
        uint128 active = staking.stakeOf(address(this), ROLE).activeWei;
        if (active != 0) staking.requestUnstake(ROLE, 1 + (amount % active));
    }

    function withdraw(uint32 seconds_) external {
        vm.warp(block.timestamp + (seconds_ % 2 days));
        IStaking.Stake memory s = staking.stakeOf(address(this), ROLE);
        if (s.pendingWei != 0 && s.disputes == 0 && block.timestamp >= s.withdrawableAt) staking.withdraw(ROLE);
    }

    function accuse(bytes32 root) external {
        if (open != 0 || root == 0) return;
        if (vault.proposal().epoch != 0) {
            if (block.timestamp < vault.proposal().finalFrom) return;
            vault.finalise(vault.proposal().epoch);
        }
        uint64 epoch = vault.finalEpoch() + 1;
        vault.propose(epoch, root, 0, "evidence");
        vm.prank(CHALLENGER);
        open = disputes.openRoot(epoch, root, "evidence");
        bondsIn += BOND;
    }

    function answer() external {
        if (open == 0) return;
        IDisputes.Dispute memory d = disputes.disputeOf(open);
        if (d.state != IDisputes.State.Open || block.timestamp >= d.answerUntil) return;
        disputes.answer(open, "answer");
        bondsIn += BOND;
    }

    function end(bool upheld, bool slash, bool late) external {
        if (open == 0) return;
        IDisputes.Dispute memory d = disputes.disputeOf(open);
        if (d.state == IDisputes.State.Open) {
            if (late && block.timestamp < d.answerUntil) vm.warp(d.answerUntil);
            if (block.timestamp >= d.answerUntil) disputes.expire(open);
            else disputes.concede(open);
        } else {
            if (late && block.timestamp < d.decideUntil) vm.warp(d.decideUntil);
            if (block.timestamp >= d.decideUntil) {
                disputes.expire(open);
            } else {
                vm.prank(RESOLVER);
                disputes.decide(open, upheld, slash);
            }
        }
        slashed += disputes.disputeOf(open).slashedWei;
        open = 0;
        ended++;
    }

    function payOut(uint8 who) external {
        address account = who % 3 == 0 ? TIMELOCK : who % 3 == 1 ? CHALLENGER : address(this);
        if (disputes.payableWei(account) != 0) paidOut += disputes.withdraw(account);
    }

    function checkStakes() external view {
        IStaking.Stake memory s = staking.stakeOf(address(this), ROLE);
        uint256 sum = uint256(s.activeWei) + s.pendingWei;
        require(sum == staking.totalWei() && sum == token.balanceOf(address(staking)), "sum of stakes = total = balance");
        require(s.disputes == (open == 0 ? 0 : 1), "frozen exactly while a dispute is open");
        require(staking.slashedWei() == slashed, "slashed = what disputes took");
    }

    function checkBonds() external view {
        uint256 due = disputes.payableWei(TIMELOCK) + disputes.payableWei(CHALLENGER) + disputes.payableWei(address(this));
        uint256 held = token.balanceOf(address(disputes));
        require(held == disputes.bondedWei() + due, "balance = open bonds + what is due");
        require(held + paidOut == bondsIn + slashed, "gained = bonds + slashed");
        require((vault.proposal().heldAt != 0) == (open != 0), "held exactly while a dispute is open");
        require(token.totalSupply() == 1e30, "supply");
    }
}

contract StakesInvariants {
    StakesHandler private handler;

    function setUp() public {
        handler = new StakesHandler();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    function invariant_stakesAreBackedAndSlashedIsGained() public view {
        handler.checkStakes();
    }

    function invariant_bondsAreBackedToTheWei() public view {
        handler.checkBonds();
    }
}
