import { setTimeout as sleep } from 'node:timers/promises'
import type { TransactionReceipt } from 'viem'
import { findError, TributaryError } from '../../kernel/index.ts'
import { chainError } from './chainError.ts'
import { isNoAnswer } from './failureText.ts'
import { bumpedFees, feesNow } from './feesNow.ts'
import type { Chain } from './openChain.ts'
import { sendCopy, sendRaw, submit, type Flight } from './submit.ts'

/**
 * Waits until a transaction, or a dearer copy of it, is in a block, and returns its receipt, which may say that it failed.
 * 'replaced' where another transaction took its nonce: it will never be mined, and whoever sent it looks on chain again.
 *
 * Meanwhile it is sent again as it is where the node has forgotten it (a restart, a full pool, a reorganisation), and as a
 * copy an eighth dearer each `replaceAfterMs`, within the operator's limit. A missing nonce before it is closed. A node that
 * does not answer is waited for. Throws, after `giveUpAfterMs`, chain/unreachable, chain/fee-too-high or chain/pending.
 */
export async function untilMined(chain: Chain, flight: Flight): Promise<TransactionReceipt | 'replaced'> {
  const { reader, sending } = chain
  const end = Date.now() + sending.giveUpAfterMs
  const lookEveryMs = Math.max(500, 2 * reader.pollingInterval)
  let lookedAtMs = Date.now()
  let failure: unknown
  // Asked for soon at first, since a node that mines at once has it within a millisecond or two.
  let pauseMs = reader.pollingInterval / 16
  const pause = async () => {
    await sleep(pauseMs)
    pauseMs = Math.min(2 * pauseMs, reader.pollingInterval)
  }
  try {
    for (; Date.now() < end; await pause()) {
      try {
        const receipt = await receiptOf(chain, flight)
        if (receipt !== undefined) return receipt
        if (Date.now() - lookedAtMs < lookEveryMs) continue
        lookedAtMs = Date.now()
        const { address } = chain.writer.account
        const used = await reader.getTransactionCount({ address, blockTag: 'latest' })
        // Its nonce is used, and by none of its copies. A receipt may have come between the two calls.
        if (used > flight.nonce && (await receiptOf(chain, flight)) === undefined) return 'replaced'
        await sendAgain(chain, flight, used)
        failure = undefined
      } catch (error) {
        if (!isNoAnswer(error) && findError(error)?.code !== 'chain/fee-too-high') throw error
        failure = error
      }
    }
  } finally {
    chain.inFlight.delete(flight)
  }
  throw failure === undefined ? pending(flight) : chainError(failure, { action: flight.action })
}

async function receiptOf({ reader }: Chain, { copies }: Flight): Promise<TransactionReceipt | undefined> {
  for (const { hash } of copies.toReversed()) {
    const receipt = await orNothing(reader.getTransactionReceipt({ hash }), 'TransactionReceiptNotFoundError')
    if (receipt !== undefined) return receipt
  }
  return undefined
}

async function sendAgain(chain: Chain, flight: Flight, used: number): Promise<void> {
  const newest = flight.copies.at(-1)!
  if (Date.now() - flight.sentAtMs >= chain.sending.replaceAfterMs) {
    if (used < flight.nonce) return closeGap(chain, flight, used)
    const dearer = bumpedFees(newest.fees, await feesNow(chain, flight.action), chain.sending)
    if (dearer !== undefined) return sendCopy(chain, flight, dearer)
  }
  const known = await orNothing(chain.reader.getTransaction({ hash: newest.hash }), 'TransactionNotFoundError')
  if (known === undefined) await sendRaw(chain, newest.raw)
}

/** An earlier nonce that nobody of this process waits for holds ours up: a transfer of nothing to ourselves uses it. */
async function closeGap(chain: Chain, flight: Flight, nonce: number): Promise<void> {
  if ([...chain.inFlight].some((other) => other.nonce === nonce)) return
  if (flight.gap === 'tell') throw missing(flight, nonce)
  const { address: to } = chain.writer.account
  const filler = await submit(chain, { action: `closing the gap at nonce ${nonce}`, to, data: '0x', nonce })
  chain.inFlight.delete(filler)
  flight.sentAtMs = Date.now()
}

async function orNothing<T>(asked: Promise<T>, absent: string): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if ((error as Error).name === absent) return undefined
    throw error
  }
}

/** The node may have died with the transaction, or nobody takes it for that fee: whoever asks again looks on chain first. */
function pending({ action, copies, nonce }: Flight): TributaryError {
  const { hash, fees } = copies.at(-1)!
  return new TributaryError(`The chain has not taken a transaction in time (${action}).`, {
    code: 'chain/pending',
    facts: { action, nonce, tx: hash, copies: copies.length, maxFeePerGasWei: fees.maxFeePerGas.toString() },
    tryThis: 'call again: it is looked for first, and replaced by a dearer one where it still waits',
    retry: true,
  })
}

function missing({ action, nonce }: Flight, lacks: number): TributaryError {
  return new TributaryError(`A transaction before this one is gone from the chain (${action}).`, {
    code: 'chain/gap',
    facts: { action, nonce, missing: lacks },
    tryThis: 'call again: what is missing is sent again first',
    retry: true,
  })
}
