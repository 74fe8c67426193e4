// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMulticall} from "./IMulticall.sol";
import {MulticallStandIn} from "./MulticallStandIn.sol";
import {vm} from "./test/Vm.sol";

contract MulticallStandInTest {
    MulticallStandIn private multicall = new MulticallStandIn();

    function test_itSaysWhatEachCallReturnedAndWhichFailed() public {
        IMulticall.Result[] memory results = multicall.tryAggregate(false, calls());
        require(results.length == 3 && results[0].success && results[2].success && !results[1].success, "the second");
        require(abi.decode(results[0].returnData, (uint256)) == 14, "7 and 7");
        require(abi.decode(results[2].returnData, (uint256)) == 18, "9 and 9");
        require(bytes4(results[1].returnData) == bytes4(keccak256("Error(string)")), "why it failed");
    }

    function test_oneThatFailsFailsAllWhereAllAreWanted() public {
        vm.expectRevert(abi.encodeWithSelector(IMulticall.CallFailed.selector, 1));
        multicall.tryAggregate(true, calls());
        IMulticall.Call[] memory good = new IMulticall.Call[](1);
        good[0] = calls()[0];
        require(multicall.tryAggregate(true, good)[0].success, "what does not fail is no error");
    }

    function double(uint256 n) external pure returns (uint256) {
        require(n != 8, "eight");
        return 2 * n;
    }

    function calls() private view returns (IMulticall.Call[] memory list) {
        list = new IMulticall.Call[](3);
        for (uint256 i = 0; i < 3; i++) list[i] = IMulticall.Call(address(this), abi.encodeCall(this.double, (7 + i)));
    }
}
