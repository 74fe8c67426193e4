import { setTimeout as sleep } from 'node:timers/promises'
import type { Abi, Address, Hex, TransactionReceipt } from 'viem'
import { TributaryError } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { chainError } from './chainError.ts'
import type { Chain } from './openChain.ts'

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
 * Sends as the operator what is not yet on chain, and waits until it is.
 *
 * Safe against a kill at any point: the effect is looked for first, then once more after every transaction of the
 * operator that was in flight has been mined, and only then is anything sent, under the operator's lock. The state of
 * a local chain is on disk before this returns.
 * Throws chain/reverted (nothing was sent: the call is tried first), chain/unreachable, chain/no-gas.
 */
export async function sendOnce(chain: Chain, { action, to, data, abi, done }: Once): Promise<Sent> {
  try {
    const before = await done()
    if (before !== undefined) return { ...before, sent: false }
    return await chain.lock(async () => {
      await untilNothingPends(chain, action)
      const meanwhile = await done()
      if (meanwhile !== undefined) return { ...meanwhile, sent: false }
      const account = chain.writer.account
      // The estimate runs the call, so that a revert costs nothing and comes with its reason.
      const gas = await chain.reader.estimateGas({ account, to, data })
      const hash = await chain.writer.sendTransaction({ to, data, gas: (gas * 5n) / 4n })
      const { transactionHash, blockNumber } = await mined(chain, hash, action)
      return { tx: transactionHash, block: Number(blockNumber), sent: true }
    })
  } catch (error) {
    // A transfer inside fails with the token's own errors.
    throw chainError(error, { action, abi: [...abi, ...openToken.abi] })
  }
}

/** Waits for a transaction of ours and puts a local chain on disk. Throws chain/failed when it was mined but failed. */
export async function mined(chain: Chain, hash: Hex, action: string): Promise<TransactionReceipt> {
  const receipt = await chain.reader.waitForTransactionReceipt({ hash, timeout: 120_000 })
  await chain.persist()
  if (receipt.status === 'success') return receipt
  throw new TributaryError(`${action} was mined but failed.`, {
    code: 'chain/failed',
    facts: { action, tx: hash },
    tryThis: 'somebody was faster: look at the state on chain, then ask again',
    retry: true,
  })
}

async function untilNothingPends(chain: Chain, action: string, timeoutMs = 60_000): Promise<void> {
  const { address } = chain.writer.account
  for (const end = Date.now() + timeoutMs; ; await sleep(chain.reader.pollingInterval)) {
    const [sent, inChain] = await Promise.all([
      chain.reader.getTransactionCount({ address, blockTag: 'pending' }),
      chain.reader.getTransactionCount({ address, blockTag: 'latest' }),
    ])
    if (sent <= inChain) return
    if (Date.now() < end) continue
    throw new TributaryError('Earlier transactions of the operator are still waiting to be mined.', {
      code: 'chain/pending',
      facts: { action, pending: sent - inChain },
      tryThis: 'wait, or replace them with a higher gas price from the operator’s account',
      retry: true,
    })
  }
}
