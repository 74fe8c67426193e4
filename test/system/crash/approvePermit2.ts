import { maxUint256, parseAbi, type LocalAccount } from 'viem'
import { chainAs, type Chain } from '../../../chain/index.ts'
import { publishedContracts } from '../../../chain/deployment/publishedContracts.ts'

const token = parseAbi(['function approve(address spender, uint256 wei) returns (bool)'])

/** What a client who pays by `upto` often does once: it lets Permit2 move its tokens by its signatures. */
export async function approvePermit2(chain: Chain, account: LocalAccount): Promise<void> {
  const { writer, reader } = await chainAs(chain, account)
  const hash = await writer.writeContract({
    address: chain.contracts.openToken,
    abi: token,
    functionName: 'approve',
    args: [publishedContracts.permit2, maxUint256],
  })
  await reader.waitForTransactionReceipt({ hash })
}
