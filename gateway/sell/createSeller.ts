import { paymentRequirements, settlePayment, verifyPayment, type DecodedPayment } from '../../chain/index.ts'
import { digestText, findError, TributaryError, type Address, type Digest } from '../../kernel/index.ts'
import {
  findPayment,
  getPayment,
  markFailed,
  markSettled,
  markSettling,
  reservePayment,
  unfinishedPayments,
  type Payment,
} from '../../store/index.ts'
import { canonicalRequest, quoteFor, type ChatRequest, type Quoted, type ToolContext } from '../../tools/index.ts'
import { makeAnswer } from './makeAnswer.ts'
import { readPayload, writePayload } from './storedPayload.ts'

export type Sold = { receipt: Digest; transaction: string; payer: Address; feeWei: bigint }

export type Seller = {
  /** Sells one answer for one payment; a second call with the same payment gets the first answer. */
  sell: (request: ChatRequest, payment: DecodedPayment) => Promise<Sold>
  /** Finishes what a crash left: settles what was answered; what has no answer waits for its buyer until it expires. */
  recover: () => Promise<{ settled: number; failed: number }>
}

/**
 * Sells answers for x402 payments, whatever crashes or is sent twice.
 *
 * (payer, nonce) is reserved before any work; every later step looks at the state that is stored and goes on from
 * there, so a request that comes again with the same payment finishes what a crash cut, or gets the first answer:
 *   reserved -> answered (answer and receipt stored together) -> settling -> settled
 * Within this process one payment is worked on once at a time; several gateways on one database need issue C's lease.
 */
export function createSeller(ctx: ToolContext): Seller {
  const inFlight = new Map<string, Promise<Sold>>()

  async function sell(request: ChatRequest, payment: DecodedPayment): Promise<Sold> {
    const { payer, nonce } = payment
    const digest = digestText(canonicalRequest(request))
    const known = await findPayment(ctx.store, { payer, nonce })
    if (known && (known.request !== digest || known.payload !== writePayload(payment.payload))) throw replayed(known)
    const quoted = await quoteFor(request, ctx)
    const row = known ?? (await reserve(payment, quoted, digest))
    return advance(row, () => makeAnswer(ctx, request, quoted, row))
  }

  async function reserve(payment: DecodedPayment, quoted: Quoted, request: Digest): Promise<Payment> {
    const { feeWei } = quoted
    const requirements = paymentRequirements(ctx.chain, { amountWei: feeWei })
    await verifyPayment(ctx.chain, { payment, requirements, now: ctx.now() })
    const { won, payment: row } = await reservePayment(ctx.store, {
      payer: payment.payer,
      nonce: payment.nonce,
      request,
      asset: payment.asset,
      chainId: ctx.chain.chainId,
      payTo: payment.payTo,
      feeWei,
      validBeforeMs: Number(payment.validBefore) * 1000,
      payload: writePayload(payment.payload),
      atMs: ctx.now(),
    })
    if (!won) throw replayed(row)
    return row
  }

  /** Takes a payment from wherever it stands to settled. */
  async function advance(payment: Payment, answer: () => Promise<Digest>): Promise<Sold> {
    const { payer, nonce, feeWei } = payment
    let { state, receipt } = payment
    if (state === 'reserved') {
      receipt = await answer()
      state = 'answered'
    }
    if (receipt === null || state === 'failed' || state === 'refunded') throw over(payment)
    if (state === 'answered') {
      await markSettling(ctx.store, { payer, nonce })
      state = 'settling'
    }
    if (state === 'settling') {
      const settlementTx = await settle(payment)
      await markSettled(ctx.store, { payer, nonce, settlementTx, atMs: ctx.now() })
    }
    await ctx.workflows.start('attribute', `attribute/${receipt}`, [receipt])
    const { settlementTx } = await getPayment(ctx.store, { payer, nonce })
    return { receipt, transaction: settlementTx ?? '', payer, feeWei }
  }

  async function settle({ payer, nonce, payload, feeWei }: Payment): Promise<Digest> {
    const requirements = paymentRequirements(ctx.chain, { amountWei: feeWei })
    try {
      const { tx } = await settlePayment(ctx.chain, {
        payment: { payer, nonce, payload: readPayload(payload) },
        requirements,
      })
      return tx as Digest
    } catch (failure) {
      const coded = findError(failure)
      if (coded && !coded.retry) await markFailed(ctx.store, { payer, nonce, failure: coded.code, atMs: ctx.now() })
      throw failure
    }
  }

  return {
    async sell(request, payment) {
      const key = `${payment.payer}/${payment.nonce}`
      // Whoever comes while another copy is at work waits for it, and is then judged by what is stored.
      while (inFlight.has(key)) await inFlight.get(key)?.catch(() => undefined)
      const sale = sell(request, payment)
      inFlight.set(key, sale)
      try {
        return await sale
      } finally {
        inFlight.delete(key)
      }
    },
    async recover() {
      const count = { settled: 0, failed: 0 }
      for (const payment of await unfinishedPayments(ctx.store, { reservedBeforeMs: ctx.now() })) {
        const { payer, nonce, state, validBeforeMs } = payment
        if (state !== 'reserved') {
          await advance(payment, () => Promise.reject(over(payment)))
          count.settled++
        } else if (validBeforeMs < ctx.now()) {
          await markFailed(ctx.store, { payer, nonce, failure: 'payment/expired', atMs: ctx.now() })
          count.failed++
        }
      }
      return count
    },
  }
}

function replayed({ payer, nonce }: Payment): TributaryError {
  return new TributaryError('This payment was used for another request.', {
    code: 'payment/replayed',
    facts: { payer, nonce },
    tryThis: 'sign a new payment with a new nonce for this request',
  })
}

function over({ payer, nonce, state, failure }: Payment): TributaryError {
  return new TributaryError('This payment was not completed, and its answer is not delivered.', {
    code: 'payment/over',
    facts: { payer, nonce, state, failure },
    tryThis: 'sign a new payment with a new nonce; nothing was charged for this one, or it was refunded',
  })
}
