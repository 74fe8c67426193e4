// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DatanetPools} from "./DatanetPools.sol";
import {FeeEscrow} from "./FeeEscrow.sol";
import {IFeeEscrow} from "./IFeeEscrow.sol";
import {IRewardVault} from "./IRewardVault.sol";
import {OpenToken} from "./OpenToken.sol";
import {PayeeEscrow} from "./PayeeEscrow.sol";
import {RewardVault} from "./RewardVault.sol";
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
        claimTwice(10, "1e3 leaves");
    }

    function test_claimManyOf100OfAMillion() public {
        claimTwice(20, "1e6 leaves");
    }

    function claimTwice(uint256 levels, string memory size) private {
        string[2] memory when = ["first, ", "after, "];
        for (uint64 epoch = 1; epoch <= 2; epoch++) {
            (bytes32 root, IRewardVault.Claim[] memory claims) = tree(uint256(1e15) * epoch, levels);
            post(epoch, root);
            vault.claimMany(claims);
            string memory name = string.concat(when[epoch - 1], size);
            uint256 each = gasVm.snapshotGasLastCall("claims", string.concat("claimMany of 100, ", name)) / MANY;
            gasVm.snapshotValue("claims", string.concat("each of 100, ", name), each);
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

    /// @dev 100 leaves of a tree of so many levels: 128 are there, and what is above them stands in for the rest.
    function tree(uint256 cumulativeWei, uint256 levels) private pure returns (bytes32 root, IRewardVault.Claim[] memory claims) {
        bytes32[] memory level = new bytes32[](128);
        claims = new IRewardVault.Claim[](MANY);
        for (uint256 i = 0; i < 128; i++) {
            bytes32 key = bytes32(uint256(uint160(payee(i))));
            level[i] = keccak256(bytes.concat(keccak256(abi.encode(key, cumulativeWei))));
            if (i < MANY) claims[i] = IRewardVault.Claim(key, cumulativeWei, new bytes32[](levels));
        }
        for (uint256 height = 0; height < 7; height++) {
            for (uint256 i = 0; i < MANY; i++) claims[i].proof[height] = level[(i >> height) ^ 1];
            bytes32[] memory above = new bytes32[](level.length / 2);
            for (uint256 i = 0; i < above.length; i++) above[i] = pair(level[2 * i], level[2 * i + 1]);
            level = above;
        }
        root = level[0];
        for (uint256 height = 7; height < levels; height++) {
            bytes32 beside = keccak256(abi.encode("subtree", height));
            for (uint256 i = 0; i < MANY; i++) claims[i].proof[height] = beside;
            root = pair(root, beside);
        }
    }

    function pair(bytes32 a, bytes32 b) private pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }
}
