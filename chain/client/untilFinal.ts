import { setTimeout as sleep } from 'node:timers/promises'
import { findError, TributaryError } from '../../kernel/index.ts'
import type { Chain } from './openChain.ts'
import { viewAt } from './viewAt.ts'

/**
 * Does something on chain and waits until it stays done: until the chain as it was `confirmations` blocks ago shows it as
 * well. What a reorganisation took away meanwhile is done again, all of it in its order.
 *
 * `act` is one action or several, of which each looks for its effect before it sends; it is called with the chain it is to
 * use. Returns what `act` says of the view at depth, where nothing was sent: the transactions and blocks that stand.
 * Cost: nothing more where `confirmations` is 0, as on a local chain; else that many blocks, and two calls of `act`.
 * Throws what `act` throws, and chain/pending where no block comes for `giveUpAfterMs`.
 */
export async function untilFinal<T>(chain: Chain, act: (at: Chain) => Promise<T>): Promise<T> {
  const depth = BigInt(chain.confirmations)
  for (;;) {
    const result = await inOrder(chain, act)
    if (depth === 0n) return result
    const head = await untilBlock(chain, (await headOf(chain)) + depth)
    try {
      return await act(viewAt(chain, head - depth))
    } catch (error) {
      if (findError(error)?.code !== 'chain/not-final') throw error
    }
  }
}

/**
 * Several actions of which each stands on the one before. One is refused where that one has just vanished: then all of them are
 * looked for again, from the first on, three times at most. Not on a local chain, where nothing vanishes.
 */
export async function inOrder<T>(chain: Chain, act: (at: Chain) => Promise<T>): Promise<T> {
  for (let refused = 1; ; refused++) {
    try {
      return await act(chain)
    } catch (error) {
      const code = findError(error)?.code ?? ''
      const isRefusal = code === 'chain/reverted' || code === 'chain/failed'
      if (chain.confirmations === 0 || !isRefusal || refused === 3) throw error
      await sleep(chain.reader.pollingInterval)
    }
  }
}

/** Waits until the chain has this block, and returns the number of its newest. Throws chain/pending when it stands still. */
export async function untilBlock(chain: Pick<Chain, 'reader' | 'sending'>, block: bigint): Promise<bigint> {
  let moved = { at: Date.now(), to: -1n }
  for (; ; await sleep(chain.reader.pollingInterval)) {
    const head = await headOf(chain)
    if (head >= block) return head
    if (head !== moved.to) moved = { at: Date.now(), to: head }
    if (Date.now() - moved.at < chain.sending.giveUpAfterMs) continue
    throw new TributaryError('No new block has come for long.', {
      code: 'chain/pending',
      facts: { head: Number(head), wanted: Number(block) },
      tryThis: 'call again; status tells whether the chain runs',
      retry: true,
    })
  }
}

function headOf({ reader }: Pick<Chain, 'reader'>): Promise<bigint> {
  return reader.getBlockNumber({ cacheTime: 0 })
}
