// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISignatureTransfer} from "../ISignatureTransfer.sol";
import {OpenToken} from "../OpenToken.sol";
import {Permit2StandIn} from "../Permit2StandIn.sol";
import {vm} from "./Vm.sol";

/// @title The stand-in of Permit2 at its published address, and an owner that signs permits with x402's witness.
contract Permit2System {
    uint256 internal constant OWNER_KEY = 0x0B0B;
    address internal constant PERMIT2 = 0x000000000022D473030F116dDEE9F6B43aC78BA3;
    string internal constant WITNESS =
        "Witness witness)TokenPermissions(address token,uint256 amount)Witness(address to,address facilitator,uint256 validAfter)";

    OpenToken internal token;
    ISignatureTransfer internal permit2;
    address internal owner;

    function deployPermit2() internal {
        vm.warp(1_800_000_000);
        owner = vm.addr(OWNER_KEY);
        token = new OpenToken(address(this), 1e30);
        vm.etch(PERMIT2, address(new Permit2StandIn()).code);
        permit2 = ISignatureTransfer(PERMIT2);
        token.transfer(owner, 1e24);
    }

    function permitOf(uint256 amount, uint256 nonce) internal view returns (ISignatureTransfer.PermitTransferFrom memory) {
        return ISignatureTransfer.PermitTransferFrom(
            ISignatureTransfer.TokenPermissions(address(token), amount), nonce, block.timestamp + 60
        );
    }

    /// @dev What the owner signs so that `spender` may take it.
    function signPermit(ISignatureTransfer.PermitTransferFrom memory permit, address spender, bytes32 witness)
        internal
        view
        returns (bytes memory)
    {
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    abi.encodePacked(
                        "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,",
                        WITNESS
                    )
                ),
                keccak256(
                    abi.encode(keccak256("TokenPermissions(address token,uint256 amount)"), permit.permitted)
                ),
                spender,
                permit.nonce,
                permit.deadline,
                witness
            )
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)"),
                keccak256("Permit2"),
                block.chainid,
                PERMIT2
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(OWNER_KEY, keccak256(abi.encodePacked(hex"1901", domain, hash)));
        return abi.encodePacked(r, s, v);
    }

    function approvePermit2() internal {
        vm.prank(owner);
        token.approve(PERMIT2, type(uint256).max);
    }

    function check(bool ok, string memory fact) internal pure {
        require(ok, fact);
    }
}
