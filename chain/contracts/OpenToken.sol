// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IOpenToken} from "./IOpenToken.sol";

/// @notice See {IOpenToken}.
contract OpenToken is IOpenToken, ERC20Permit, ERC20Votes, ERC3009 {
    /// @dev One slot, so that remembering costs one write.
    struct Used {
        bytes27 digest;
        uint40 at;
    }

    mapping(address payer => mapping(bytes32 nonce => Used)) private _used;

    /// @param holder Receives the whole supply, and votes with it until it delegates otherwise.
    /// @param supplyWei The supply for ever, in wei of OPEN (18 decimals).
    constructor(address holder, uint256 supplyWei) ERC20("Tributary OPEN", "OPEN") ERC20Permit("Tributary OPEN") {
        _mint(holder, supplyWei);
        _delegate(holder, holder);
    }

    /// @inheritdoc IOpenToken
    function version() external pure returns (string memory) {
        return "1";
    }

    /// @inheritdoc IOpenToken
    function authorizationOf(address payer, bytes32 nonce) external view returns (bytes27 digest, uint40 usedAt) {
        Used storage used = _used[payer][nonce];
        return (used.digest, used.at);
    }

    /// @inheritdoc IOpenToken
    function authorizationCancelled(address payer, bytes32 nonce) external view returns (bool) {
        return authorizationState(payer, nonce) && _used[payer][nonce].at == 0;
    }

    /// @inheritdoc IOpenToken
    function paymentDigest(address to, uint256 amountWei) public pure returns (bytes27) {
        return bytes27(keccak256(abi.encode(to, amountWei)));
    }

    /// @notice The clock of votes, in seconds (ERC-6372).
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice How to read the clock (ERC-6372).
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce
    ) internal override {
        super._transferWithAuthorization(from, to, value, validAfter, validBefore, nonce);
        _used[from][nonce] = Used(paymentDigest(to, value), uint40(block.timestamp));
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
