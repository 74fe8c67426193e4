import { setTimeout as sleep } from 'node:timers/promises'
import { localChainId } from '../anvil/anvilCommand.ts'
import type { Chain } from '../client/openChain.ts'
import { testNode } from '../client/testNode.ts'
import { notFinal } from '../client/viewAt.ts'

/**
 * Waits until the chain's latest block is at or after a time in seconds since 1970. A local chain mines only when asked
 * to: there, up to 5 s are waited for and longer ones skipped. Elsewhere the blocks of others are waited for.
 */
export async function untilChainTime(chain: Chain, second: number): Promise<void> {
  const local = chain.chainId === localChainId
  for (;;) {
    const { timestamp } = await chain.reader.getBlock({ blockTag: 'latest' })
    const leftSeconds = second - Number(timestamp)
    if (leftSeconds <= 0) return
    if (chain.readsOnly) throw notFinal('waiting for a time')
    if (!local) {
      await sleep(chain.reader.pollingInterval)
      continue
    }
    const leftMs = second * 1_000 - Date.now()
    if (leftMs <= 5_000) await sleep(Math.max(0, leftMs))
    else await testNode(chain.reader, 'evm_increaseTime', [leftSeconds])
    await testNode(chain.reader, 'evm_mine', [])
  }
}
