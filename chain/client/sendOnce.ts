import { setTimeout as sleep } from 'node:timers/promises'
import type { Abi, Address, Hex } from 'viem'
import { findError, TributaryError } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { chainError } from './chainError.ts'
import { freeNonce } from './freeNonce.ts'
import type { Chain } from './openChain.ts'
import { submit } from './submit.ts'
import { untilMined } from './untilMined.ts'
import { notFinal } from './viewAt.ts'

/** A transaction that is in the chain. `sent` is false where an earlier call, or another process, had sent it. */
export type Sent = { tx: Hex; block: number; sent: boolean }

export type Once = {
  /** For messages: 'closing epoch 3'. */
  action: string
  to: Address
  data: Hex
  /** Names the contract's own errors. */
  abi: Abi
  /** Looks on chain for the effect itself. Must throw when it is there but differs from what is asked. */
  done: () => Promise<{ tx: Hex; block: number } | undefined>
}

/**
 * Sends as the operator what is not yet on chain, and waits until it is in a block; `untilFinal` waits until it stays.
 *
 * Safe against a kill at any point: the effect is looked for first, then once more when nothing of the operator waits to
 * be mined any more, and only then is anything sent, under the operator's lock and with the lowest nonce that is free. So
 * it may take the nonce of a transaction that is stuck: who had sent that one looks again. Safe for every effect of which
 * the contract takes only one; a plain transfer can be repeated where several of its copies were stuck at several nonces.
 * The state of a local chain is on disk before this returns.
 * Throws chain/reverted (nothing was sent: the call is tried first), chain/unreachable, chain/no-gas, chain/fee-too-high,
 * chain/pending.
 */
export async function sendOnce(chain: Chain, { action, to, data, abi, done }: Once): Promise<Sent> {
  const look = () => looked(chain, done)
  try {
    const before = await look()
    if (before !== undefined) return { ...before, sent: false }
    if (chain.readsOnly) throw notFinal(action)
    return await chain.lock(async () => {
      for (;;) {
        const nonce = await freeNonce(chain, action)
        const meanwhile = await look()
        if (meanwhile !== undefined) return { ...meanwhile, sent: false }
        const receipt = await untilMined(chain, await submit(chain, { action, to, data, nonce }))
        // An earlier transaction was mined with this nonce after all. It may have been this very effect.
        if (receipt === 'replaced') continue
        await chain.persist()
        const { transactionHash: tx, blockNumber, status } = receipt
        if (status === 'success') return { tx, block: Number(blockNumber), sent: true }
        const others = await look()
        if (others === undefined) throw failed(action, tx)
        return { ...others, sent: false }
      }
    })
  } catch (error) {
    // A transfer inside fails with the token's own errors.
    throw chainError(error, { action, abi: [...abi, ...openToken.abi] })
  }
}

/** State and logs may come from two heads while the chain reorganises, or from two nodes: asked again, they agree. */
async function looked<T>({ reader }: Chain, done: () => Promise<T>): Promise<T> {
  for (let left = 4; ; left--) {
    try {
      return await done()
    } catch (error) {
      if (left === 0 || findError(error)?.code !== 'chain/log-missing') throw error
      await sleep(reader.pollingInterval)
    }
  }
}

function failed(action: string, tx: Hex): TributaryError {
  return new TributaryError(`${action} was mined but failed.`, {
    code: 'chain/failed',
    facts: { action, tx },
    tryThis: 'somebody was faster: look at the state on chain, then ask again',
    retry: true,
  })
}
