// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {OpenGovernor} from "./OpenGovernor.sol";
import {OpenTimelock} from "./OpenTimelock.sol";
import {OpenToken} from "./OpenToken.sol";
import {vm} from "./test/Vm.sol";

interface NonceVm {
    function getNonce(address account) external view returns (uint64);
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
}

/// @dev Holds the supply; ALICE has votes of her own, VOTER a key.
contract OpenGovernorTest {
    uint48 private constant DELAY = 1 hours;
    uint32 private constant PERIOD = 1 days;
    uint256 private constant QUEUE = 2 days;
    uint256 private constant VOTER_KEY = 0x707E4;
    address private constant ALICE = address(0xA11CE);

    OpenToken private token;
    OpenTimelock private timelock;
    OpenGovernor private governor;

    function setUp() public {
        vm.warp(1_800_000_000);
        NonceVm nonces = NonceVm(address(vm));
        token = new OpenToken(address(this), 1_000);
        address planned = nonces.computeCreateAddress(address(this), nonces.getNonce(address(this)) + 1);
        timelock = new OpenTimelock(QUEUE, planned);
        governor = new OpenGovernor(token, timelock, OpenGovernor.Settings(DELAY, PERIOD, 100, 10));
        require(address(governor) == planned, "planned");
        token.transfer(address(timelock), 50);
        token.transfer(ALICE, 99);
        token.transfer(voter(), 100);
        vm.prank(ALICE);
        token.delegate(ALICE);
        vm.prank(voter());
        token.delegate(voter());
        vm.warp(block.timestamp + 1);
    }

    function test_theGovernorKnowsItsSettingsAndCountsInSeconds() public view {
        check(governor.votingDelay() == DELAY && governor.votingPeriod() == PERIOD, "times");
        check(governor.proposalThreshold() == 100 && governor.quorumNumerator() == 10, "votes");
        check(governor.quorum(block.timestamp - 1) == 100, "10 % of the supply");
        check(governor.clock() == block.timestamp, "seconds");
        check(keccak256(bytes(governor.CLOCK_MODE())) == keccak256("mode=timestamp"), "as ERC-6372 says");
        check(governor.timelock() == address(timelock) && address(governor.token()) == address(token), "built");
        check(keccak256(bytes(governor.name())) == keccak256("Tributary Governor"), "name");
    }

    function test_theTimelockIsItsOwnAdminAndTheGovernorAloneProposes() public view {
        bytes32[4] memory roles =
            [bytes32(0), timelock.PROPOSER_ROLE(), timelock.CANCELLER_ROLE(), timelock.EXECUTOR_ROLE()];
        address[4] memory holders = [address(timelock), address(governor), address(governor), address(0)];
        for (uint256 i = 0; i < 4; i++) {
            check(timelock.getRoleMemberCount(roles[i]) == 1, "one holder");
            check(timelock.getRoleMember(roles[i], 0) == holders[i], "this one");
        }
        check(timelock.getMinDelay() == QUEUE, "delay");
        check(timelock.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        check(timelock.supportsInterface(type(IAccessControl).interfaceId), "roles");
        check(!timelock.supportsInterface(0xffffffff), "nothing else");
    }

    function test_aProposalIsVotedQueuedAndExecutedEachAtItsTime() public {
        (address[] memory to, uint256[] memory none, bytes[] memory calls) = payment(7);
        uint256 id = governor.propose(to, none, calls, "pay Alice");
        check(governor.state(id) == IGovernor.ProposalState.Pending && governor.proposalNeedsQueuing(id), "pending");
        vm.warp(block.timestamp + DELAY + 1);
        check(governor.state(id) == IGovernor.ProposalState.Active, "active");
        governor.castVote(id, 1);
        vm.warp(block.timestamp + PERIOD);
        check(governor.state(id) == IGovernor.ProposalState.Succeeded, "751 for");
        governor.queue(to, none, calls, keccak256("pay Alice"));
        check(governor.state(id) == IGovernor.ProposalState.Queued, "queued");
        check(governor.proposalEta(id) == block.timestamp + QUEUE, "for its time");
        vm.warp(block.timestamp + QUEUE - 1);
        vm.expectRevert();
        governor.execute(to, none, calls, keccak256("pay Alice"));
        vm.warp(block.timestamp + 1);
        vm.prank(ALICE);
        governor.execute(to, none, calls, keccak256("pay Alice"));
        check(governor.state(id) == IGovernor.ProposalState.Executed && token.balanceOf(ALICE) == 106, "by anyone");
    }

    function test_whoHasTooFewVotesProposesNothingAndTooFewVotesDecideNothing() public {
        (address[] memory to, uint256[] memory none, bytes[] memory calls) = payment(7);
        vm.expectRevert(
            abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, ALICE, 99, 100)
        );
        vm.prank(ALICE);
        governor.propose(to, none, calls, "pay Alice");
        vm.prank(voter());
        uint256 id = governor.propose(to, none, calls, "pay Alice");
        vm.warp(block.timestamp + DELAY + 1);
        vm.prank(ALICE);
        governor.castVote(id, 1);
        vm.warp(block.timestamp + PERIOD);
        check(governor.state(id) == IGovernor.ProposalState.Defeated, "99 are under the quorum of 100");
    }

    function test_aVoteBySignatureCountsAndMoreAgainstThanForDefeats() public {
        (address[] memory to, uint256[] memory none, bytes[] memory calls) = payment(7);
        uint256 id = governor.propose(to, none, calls, "pay Alice");
        vm.warp(block.timestamp + DELAY + 1);
        (,, , uint256 chainId, address at,,) = domain();
        bytes32 separator = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Tributary Governor"),
                keccak256("1"),
                chainId,
                at
            )
        );
        bytes32 ballot =
            keccak256(abi.encode(keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)"), id, 0, voter(), 0));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(VOTER_KEY, keccak256(abi.encodePacked(hex"1901", separator, ballot)));
        governor.castVoteBySig(id, 0, voter(), abi.encodePacked(r, s, v));
        vm.prank(ALICE);
        governor.castVote(id, 1);
        (uint256 against, uint256 for_, uint256 abstain) = governor.proposalVotes(id);
        check(against == 100 && for_ == 99 && abstain == 0, "counted");
        vm.warp(block.timestamp + PERIOD);
        check(governor.state(id) == IGovernor.ProposalState.Defeated, "against");
    }

    function test_theProposerMayCancelBeforeTheVoteAndTheTimelockObeysNobodyElse() public {
        (address[] memory to, uint256[] memory none, bytes[] memory calls) = payment(7);
        uint256 id = governor.propose(to, none, calls, "pay Alice");
        governor.cancel(to, none, calls, keccak256("pay Alice"));
        check(governor.state(id) == IGovernor.ProposalState.Canceled, "cancelled");
        bytes32 role = timelock.PROPOSER_ROLE();
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, address(this), role)
        );
        timelock.schedule(to[0], 0, calls[0], 0, 0, QUEUE);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, address(this), bytes32(0))
        );
        timelock.grantRole(role, address(this));
    }

    function test_rolesOfTheTimelockChangeByAProposalAndStayCounted() public {
        bytes32 role = timelock.CANCELLER_ROLE();
        vm.prank(address(timelock));
        timelock.grantRole(role, ALICE);
        check(timelock.getRoleMemberCount(role) == 2, "given");
        vm.prank(address(timelock));
        timelock.revokeRole(role, ALICE);
        check(timelock.getRoleMemberCount(role) == 1 && !timelock.hasRole(role, ALICE), "taken");
    }

    function domain() private view returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory) {
        return governor.eip712Domain();
    }

    function payment(uint256 amountWei)
        private
        view
        returns (address[] memory to, uint256[] memory none, bytes[] memory calls)
    {
        to = new address[](1);
        to[0] = address(token);
        none = new uint256[](1);
        calls = new bytes[](1);
        calls[0] = abi.encodeCall(token.transfer, (ALICE, amountWei));
    }

    function voter() private pure returns (address) {
        return vm.addr(VOTER_KEY);
    }

    function check(bool ok, string memory fact) private pure {
        require(ok, fact);
    }
}
