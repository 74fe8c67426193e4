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

/// @title Stakes, accuses, answers, decides and lets times run out at random: who proposes roots, who signs receipts, one
/// challenger of both, one resolver. A dispute of each kind may be open.
contract StakesHandler {
    uint128 private constant BOND = 1_001;
    uint256 private constant SERVER_KEY = 0x5E4;
    address private constant TIMELOCK = address(0x7EA5);
    address private constant CHALLENGER = address(0xC4A1);
    address private constant RESOLVER = address(0x4E50);

    OpenToken private token;
    RewardVault private vault;
    Staking private staking;
    Disputes private disputes;
    /// @dev By kind: whom disputes are about, in which role, and which one is open.
    address[2] private accused;
    IStaking.Role[2] private roles = [IStaking.Role.Attributor, IStaking.Role.Server];
    uint256[2] private open;
    mapping(bytes32 receipt => bool) private upheld;
    uint256 private slashed;
    uint256 private paidOut;
    uint256 private bondsIn;
    uint256 private staked;
    uint256 private unstaked;
    bool public challengedAgain;
    uint256 public ended;

    constructor() {
        vm.warp(1_800_000_000);
        token = new OpenToken(address(this), 1e30);
        accused = [address(this), vm.addr(SERVER_KEY)];
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
        address[3] memory all = [address(this), CHALLENGER, accused[1]];
        for (uint256 i = 0; i < 3; i++) {
            if (i > 0) token.transfer(all[i], 1e24);
            vm.prank(all[i]);
            token.approve(address(disputes), type(uint256).max);
            vm.prank(all[i]);
            token.approve(address(staking), type(uint256).max);
        }
    }

    function stake(bool server, uint64 amount) external {
        if (amount == 0) return;
        vm.prank(accused[kindOf(server)]);
        staking.stake(roles[kindOf(server)], amount);
        staked += amount;
    }

    function requestUnstake(bool server, uint64 amount) external {
        uint256 kind = kindOf(server);
        uint128 active = staking.stakeOf(accused[kind], roles[kind]).activeWei;
        if (active == 0) return;
        vm.prank(accused[kind]);
        staking.requestUnstake(roles[kind], 1 + (amount % active));
    }

    function withdraw(bool server, uint32 seconds_) external {
        uint256 kind = kindOf(server);
        vm.warp(block.timestamp + (seconds_ % 2 days));
        IStaking.Stake memory s = staking.stakeOf(accused[kind], roles[kind]);
        if (s.pendingWei == 0 || s.disputes != 0 || block.timestamp < s.withdrawableAt) return;
        vm.prank(accused[kind]);
        unstaked += staking.withdraw(roles[kind]);
    }

    function accuse(bytes32 root) external {
        if (open[0] != 0 || root == 0) return;
        if (vault.proposal().epoch != 0) {
            if (block.timestamp < vault.proposal().finalFrom) return;
            vault.finalise(vault.proposal().epoch);
        }
        uint64 epoch = vault.finalEpoch() + 1;
        vault.propose(epoch, root, 0, "evidence");
        vm.prank(CHALLENGER);
        open[0] = disputes.openRoot(epoch, root, "evidence");
        bondsIn += BOND;
    }

    /// @dev One of few receipts, so that some are challenged again.
    function accuseServer(uint8 which) external {
        if (open[1] != 0) return;
        bytes32 receipt = bytes32(uint256(which % 4) + 1);
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
        vm.prank(CHALLENGER);
        try disputes.openReceipt(receipt, abi.encodePacked(r, s, v), "evidence") returns (uint256 id) {
            if (upheld[receipt]) challengedAgain = true;
            open[1] = id;
            bondsIn += BOND;
        } catch {
            require(upheld[receipt], "a receipt may be challenged until it was upheld");
        }
    }

    function answer(bool server) external {
        uint256 id = open[kindOf(server)];
        if (id == 0) return;
        IDisputes.Dispute memory d = disputes.disputeOf(id);
        if (d.state != IDisputes.State.Open || block.timestamp >= d.answerUntil) return;
        vm.prank(d.accused);
        disputes.answer(id, "answer");
        bondsIn += BOND;
    }

    function end(bool server, bool isRight, bool slash, bool late) external {
        uint256 id = open[kindOf(server)];
        if (id == 0) return;
        IDisputes.Dispute memory d = disputes.disputeOf(id);
        bool answered = d.state == IDisputes.State.Answered;
        uint256 until = answered ? d.decideUntil : d.answerUntil;
        if (late && block.timestamp < until) vm.warp(until);
        if (block.timestamp >= until) {
            disputes.expire(id);
        } else if (answered) {
            vm.prank(RESOLVER);
            disputes.decide(id, isRight, slash);
        } else {
            vm.prank(d.accused);
            disputes.concede(id);
        }
        d = disputes.disputeOf(id);
        slashed += d.slashedWei;
        if (server && d.state == IDisputes.State.Upheld) upheld[d.subject] = true;
        open[kindOf(server)] = 0;
        ended++;
    }

    function kindOf(bool server) private pure returns (uint256) {
        return server ? 1 : 0;
    }

    function payOut(uint8 who) external {
        address account = parties()[who % 4];
        if (disputes.payableWei(account) != 0) paidOut += disputes.withdraw(account);
    }

    function checkStakes() external view {
        uint256 sum;
        for (uint256 kind = 0; kind < 2; kind++) {
            IStaking.Stake memory s = staking.stakeOf(accused[kind], roles[kind]);
            sum += uint256(s.activeWei) + s.pendingWei;
            require(s.disputes == (open[kind] == 0 ? 0 : 1), "frozen exactly while a dispute is open");
        }
        require(sum == staking.totalWei() && sum == token.balanceOf(address(staking)), "sum of stakes = total = balance");
        require(staking.slashedWei() == slashed, "slashed = what disputes took");
        require(sum + slashed + unstaked == staked, "staked = there + slashed + withdrawn");
    }

    function checkBonds() external view {
        uint256 due;
        for (uint256 i = 0; i < 4; i++) due += disputes.payableWei(parties()[i]);
        uint256 held = token.balanceOf(address(disputes));
        require(held == disputes.bondedWei() + due, "balance = open bonds + what is due");
        require(held + paidOut == bondsIn + slashed, "gained = bonds + slashed");
        require((vault.proposal().heldAt != 0) == (open[0] != 0), "held exactly while a dispute is open");
        require(!challengedAgain, "a receipt against which a challenge was upheld is closed");
        require(token.totalSupply() == 1e30, "supply");
    }

    function parties() private view returns (address[4] memory) {
        return [TIMELOCK, CHALLENGER, accused[0], accused[1]];
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
