import { setTimeout as sleep } from 'node:timers/promises'
import { TributaryError } from '../../kernel/index.ts'
import type { Chain } from './openChain.ts'

/**
 * The sender's lowest nonce that is not in a block, once nothing waits to be mined. What has not moved for
 * `replaceAfterMs` is stuck (an earlier process left it, or a nonce before it is missing): then the nonce is given all the
 * same, and the next transaction takes the place of the one that waits there.
 * Only counts are asked for, since many nodes show nobody their pool. Throws chain/pending.
 */
export async function freeNonce(chain: Chain, action: string): Promise<number> {
  const { address } = chain.writer.account
  const { replaceAfterMs, giveUpAfterMs } = chain.sending
  const end = Date.now() + giveUpAfterMs
  let moved = { at: Date.now(), to: -1 }
  for (; ; await sleep(chain.reader.pollingInterval)) {
    const [sent, inChain] = await Promise.all([
      chain.reader.getTransactionCount({ address, blockTag: 'pending' }),
      chain.reader.getTransactionCount({ address, blockTag: 'latest' }),
    ])
    // What this process waits for is made dearer by its own waiter.
    const isAwaited = [...chain.inFlight].some(({ nonce }) => nonce === inChain)
    if (sent <= inChain && !isAwaited) return inChain
    if (moved.to !== inChain) moved = { at: Date.now(), to: inChain }
    if (!isAwaited && Date.now() - moved.at >= replaceAfterMs) return inChain
    if (Date.now() < end) continue
    throw new TributaryError('Earlier transactions of the operator are still waiting to be mined.', {
      code: 'chain/pending',
      facts: { action, pending: sent - inChain },
      tryThis: 'call again later: what waits is made dearer meanwhile, within the operator’s limit',
      retry: true,
    })
  }
}
