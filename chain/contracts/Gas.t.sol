// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DatanetPools} from "./DatanetPools.sol";
import {FeeEscrow} from "./FeeEscrow.sol";
import {IFeeEscrow} from "./IFeeEscrow.sol";
import {IRewardVault} from "./IRewardVault.sol";
import {OpenToken} from "./OpenToken.sol";
import {PayeeEscrow} from "./PayeeEscrow.sol";
import {RewardVault} from "./RewardVault.sol";
import {TestTree} from "./test/TestTree.sol";
import {vm} from "./test/Vm.sol";

interface GasVm {
    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256 gasUsed);
    function snapshotValue(string calldata group, string calldata name, uint256 value) external;
    function getNonce(address account) external view returns (uint64);
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
}

GasVm constant gasVm = GasVm(address(vm));

/// @title What each step of an epoch costs as a transaction of its own, kept in chain/contracts/gas and compared to the unit.
/// @dev Isolated: every call is a transaction, with its 21,000 and what its data costs. Trees are as deep as for so many leaves.
/// forge-config: default.isolate = true
contract GasTest {
    struct Batch {
        bytes32 root;
        IRewardVault.Claim[] claims;
        bytes32[] proof;
        uint256[] flags;
    }

    uint256 private constant WINDOW = 1 hours;
    uint256 private constant MANY = 100;
    uint256 private constant PAYER_KEY = 0xB0B;
    address private constant TIMELOCK = address(0x71);
    bytes32 private constant NONCE = "nonce";

    OpenToken private token;
    RewardVault private vault;
    FeeEscrow private fees;

    function setUp() public {
        vm.warp(1_800_000_000);
        address[] memory me = new address[](1);
        me[0] = address(this);
        token = new OpenToken(address(this), 1e30);
        uint64 next = gasVm.getNonce(address(this));
        address vaultAddress = gasVm.computeCreateAddress(address(this), next + 1);
        PayeeEscrow payees = new PayeeEscrow(token, vaultAddress, TIMELOCK, me, 1 days);
        vault = new RewardVault(token, payees, WINDOW, TIMELOCK, me, me, address(0xD15));
        require(address(vault) == vaultAddress, "planned");
        address feesAddress = gasVm.computeCreateAddress(address(this), next + 3);
        DatanetPools pools = new DatanetPools(token, feesAddress, TIMELOCK);
        fees = new FeeEscrow(token, address(vault), pools, TIMELOCK, me, 300_000, 300_000, 1 hours);
        require(address(fees) == feesAddress, "planned");
        token.transfer(address(vault), 1e20);
    }

    /// @dev A root is a root, whatever is below it. The first of a vault writes into empty slots.
    function test_proposeAndFinalise() public {
        string[4] memory what = ["the vault's first", "10 leaves", "1e3 leaves", "1e6 leaves"];
        for (uint64 epoch = 1; epoch <= 4; epoch++) {
            string memory name = what[epoch - 1];
            vault.propose(epoch, keccak256(abi.encode(name)), uint128(1e18) * epoch, "evidence");
            uint256 proposed = gasVm.snapshotGasLastCall("epoch", string.concat("propose, ", name));
            vm.warp(block.timestamp + WINDOW);
            vault.finalise(epoch);
            uint256 both = proposed + gasVm.snapshotGasLastCall("epoch", string.concat("finalise, ", name));
            gasVm.snapshotValue("epoch", string.concat("propose + finalise, ", name), both);
            require(epoch == 1 || both <= 130_000, "a root of any size costs 130,000 at most");
        }
    }

    function test_claimManyOf100() public {
        claimTwice(3, 10, "1e3 leaves");
    }

    function test_claimManyOf100OfAMillion() public {
        claimTwice(13, 20, "1e6 leaves");
    }

    function test_claimManyOf100NeighboursOfAMillion() public {
        claimTwice(0, 20, "1e6 leaves, neighbours");
    }

    function claimTwice(uint256 apart, uint256 levels, string memory size) private {
        string[2] memory when = ["first, ", "after, "];
        for (uint64 epoch = 1; epoch <= 2; epoch++) {
            Batch memory b = batch(uint256(1e15) * epoch, apart, levels);
            post(epoch, b.root);
            vault.claimMany(b.claims, b.proof, b.flags);
            string memory name = string.concat(when[epoch - 1], size);
            uint256 each = gasVm.snapshotGasLastCall("claims", string.concat("claimMany of 100, ", name)) / MANY;
            gasVm.snapshotValue("claims", string.concat("each of 100, ", name), each);
            require(each <= (epoch == 1 ? 68_000 : 33_000), "a claim costs so much at most");
        }
        require(token.balanceOf(payee(7)) == 2e15, "paid");
    }

    function test_closeAnEpoch() public {
        token.transfer(address(fees), 1e20);
        IFeeEscrow.PoolPart[] memory parts = new IFeeEscrow.PoolPart[](1);
        for (uint64 epoch = 1; epoch <= 2; epoch++) {
            parts[0] = IFeeEscrow.PoolPart("datanet", 5e17);
            fees.closeEpoch(epoch, 6e18, 25e17, 1e18, parts);
            gasVm.snapshotGasLastCall("epoch", epoch == 1 ? "closeEpoch, first, one pool" : "closeEpoch, after, one pool");
        }
    }

    function test_refundAPayment() public {
        address payer = vm.addr(PAYER_KEY);
        token.transfer(payer, 1e18);
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
                ),
                payer,
                address(fees),
                1e15,
                0,
                type(uint256).max,
                NONCE
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(PAYER_KEY, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), hash)));
        token.transferWithAuthorization(payer, address(fees), 1e15, 0, type(uint256).max, NONCE, v, r, s);
        gasVm.snapshotGasLastCall("payments", "exact, settled");
        fees.refund(1, payer, NONCE, 1e15);
        gasVm.snapshotGasLastCall("payments", "exact, refunded");
        require(token.balanceOf(payer) == 1e18, "it has its money back");
    }

    function post(uint64 epoch, bytes32 root) private {
        vault.propose(epoch, root, uint128(1e18) * epoch, "evidence");
        vm.warp(block.timestamp + WINDOW);
        vault.finalise(epoch);
    }

    function payee(uint256 i) private pure returns (address) {
        return address(uint160(0x7EE00000 + i));
    }

    /// @dev 100 claims in a tree of so many levels: 128 leaves are there, each in a subtree of its own of `apart` levels, and what
    /// else is in the tree is stood in for. Members of a real batch are as far apart as chance has it.
    function batch(uint256 cumulativeWei, uint256 apart, uint256 levels) private pure returns (Batch memory b) {
        bytes32[] memory nodes = new bytes32[](128);
        bool[] memory present = new bool[](128);
        b.claims = claimsOf(cumulativeWei, nodes, present);
        b.proof = new bytes32[](128 * levels);
        bool[] memory joins = new bool[](128 * levels);
        uint256 proofs;
        uint256 steps;
        for (uint256 level = 0; level < levels; level++) {
            bool joining = level >= apart && level < apart + 7;
            uint256 count = joining ? nodes.length / 2 : nodes.length;
            bytes32[] memory above = new bytes32[](count);
            bool[] memory presentAbove = new bool[](count);
            for (uint256 i = 0; i < count; i++) {
                uint256 at = joining ? 2 * i : i;
                bytes32 beside = joining ? nodes[at + 1] : keccak256(abi.encode(level, i));
                above[i] = TestTree.pair(nodes[at], beside);
                bool other = joining && present[at + 1];
                presentAbove[i] = present[at] || other;
                if (!presentAbove[i]) continue;
                joins[steps] = present[at] && other;
                if (!joins[steps++]) b.proof[proofs++] = present[at] ? beside : nodes[at];
            }
            (nodes, present) = (above, presentAbove);
        }
        b.root = nodes[0];
        b.proof = TestTree.cut(b.proof, proofs);
        b.flags = new uint256[]((steps + 255) / 256);
        for (uint256 i = 0; i < steps; i++) if (joins[i]) b.flags[i / 256] |= 1 << (i % 256);
    }

    /// @dev Writes the leaves of 128 payees in their order, and which of them are the first 100 payees'.
    function claimsOf(uint256 cumulativeWei, bytes32[] memory leaves, bool[] memory present)
        private
        pure
        returns (IRewardVault.Claim[] memory claims)
    {
        for (uint256 i = 0; i < 128; i++) leaves[i] = leafOf(i, cumulativeWei);
        TestTree.sort(leaves);
        claims = new IRewardVault.Claim[](MANY);
        uint256 count;
        for (uint256 rank = 0; rank < 128; rank++) {
            uint256 i = 0;
            while (leafOf(i, cumulativeWei) != leaves[rank]) i++;
            if (i >= MANY) continue;
            present[rank] = true;
            claims[count++] = IRewardVault.Claim(bytes32(uint256(uint160(payee(i)))), cumulativeWei);
        }
    }

    function leafOf(uint256 i, uint256 cumulativeWei) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(bytes32(uint256(uint160(payee(i)))), cumulativeWei))));
    }
}
