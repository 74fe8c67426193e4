// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";

/// @title The token that pays, stakes and votes.
/// @notice ERC-20 with Permit (EIP-2612), Votes by time (ERC-6372) and transfers by signed authorisation (EIP-3009,
/// random nonces). The whole supply is minted once, at construction: there is no mint, no burn and no owner afterwards.
/// The holder of the supply votes with it from the start; everybody else delegates first, to themselves if they like.
///
/// The token remembers what each used authorisation paid and to whom. A signature alone would not prove that: one payer
/// can sign two authorisations of different amounts with one nonce, of which only one is ever used.
interface IOpenToken is IERC20, IERC3009 {
    /// @return The version of the EIP-712 domain, which payers sign.
    function version() external pure returns (string memory);

    /// @return digest `paymentDigest` of the authorisation that was used under this nonce; 0 where none was.
    /// @return usedAt Time of the block that used it, in seconds; 0 where none did.
    function authorizationOf(address payer, bytes32 nonce) external view returns (bytes27 digest, uint40 usedAt);

    /// @return Whether the payer cancelled this nonce, so that nothing was paid under it and nothing ever will be.
    function authorizationCancelled(address payer, bytes32 nonce) external view returns (bool);

    /// @return The first 27 bytes of keccak256(abi.encode(to, amountWei)).
    function paymentDigest(address to, uint256 amountWei) external pure returns (bytes27);
}
