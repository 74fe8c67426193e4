import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import {
  canonicalText,
  digestText,
  findError,
  receiptSchema,
  TributaryError,
  type Address,
  type Digest,
  type Receipt,
} from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { answers, channels, payments, receipts, type FinishReason } from '../../schema/index.ts'
import type { Queryable } from '../../store.ts'
import { transaction } from '../../transaction.ts'
import { chargeChannel } from '../channels/chargeChannel.ts'
import { getPayment } from './getPayment.ts'
import { isPayment, lowerCase, type Payment } from './paymentRow.ts'

export type AnswerRecord = {
  receipt: Receipt
  signature: string
  signer: Address
  requestText: string
  requestSalt: Digest
  answerText: string
  answerSalt: Digest
  /** Token ids as the engine saw and drew them: text alone may tokenise otherwise. */
  promptIds?: number[]
  answerIds?: number[]
  finish?: FinishReason
  /** As they are delivered, in JSON. */
  logprobs?: string
  atMs?: number
}

/**
 * Store the answer and its signed receipt and move the payment, all in one transaction: reserved -> answered, or,
 * where the money moved first, settled (still without a receipt) -> settled with it.
 * The charge of a payment channel, and the voucher that enforces it, change with it.
 * Where what was made is charged, the fee of the receipt becomes that of the payment.
 * The receipt's id is the digest of its canonical text. A repeat with the same receipt changes nothing.
 * Cost: three writes, four with a channel (2 to 3 ms on PGlite). Throws store/illegal-move, store/receipt-mismatch, store/not-found.
 */
export const recordAnswer = defineQuery(
  'recordAnswer',
  async (store, answer: AnswerRecord): Promise<{ id: Digest; payment: Payment }> => {
    const receipt = receiptSchema.parse(answer.receipt)
    const body = canonicalText(receipt)
    const id = digestText(body)
    const stored = await transaction(store, async (tx) => {
      const payment = await take(tx, { id, receipt, atMs: answer.atMs ?? Date.now() })
      if (payment) await insert(tx, { id, body, receipt, answer })
      return payment
    }).catch((failure: unknown) => {
      if (findError(failure)?.code !== 'store/illegal-move') throw failure
      return undefined
    })
    if (stored) return { id, payment: stored }
    // The payment as it is says why it was not taken: the same answer again, another one first, or a payment of something else.
    const payment = await getPayment(store, receipt)
    if (payment.receipt === id) return { id, payment }
    throw agrees(payment, receipt) ? illegal(payment, id) : mismatch(payment, receipt)
  },
)

type Taking = { id: Digest; receipt: Receipt; atMs: number }

/** Gives the payment its receipt, and its channel the charge, if it is the one that the receipt is of and has none. */
async function take(tx: Queryable, { id, receipt, atMs }: Taking): Promise<Payment | undefined> {
  const feeWei = BigInt(receipt.feeWei)
  const fee = sql`${feeWei.toString()}::numeric`
  const [payment] = await tx.db
    .update(payments)
    .set({
      state: sql`case ${payments.state} when 'settled' then 'settled' else 'answered' end`,
      receipt: id,
      feeWei,
      answeredAtMs: atMs,
      channelWei: sql`(select ${channels.chargedWei} + ${fee} from ${channels} where ${channels.id} = ${payments.channel})`,
    })
    .where(
      and(
        isPayment(receipt),
        inArray(payments.state, ['reserved', 'settled']),
        isNull(payments.receipt),
        isNull(payments.epoch),
        // The price itself, or at most the price where what was made is charged.
        sql`case when ${payments.maxWei} is null then ${payments.feeWei} = ${fee} else ${fee} <= ${payments.maxWei} end`,
        eq(payments.scheme, receipt.scheme ?? 'exact'),
        eq(payments.chainId, receipt.chainId),
        eq(payments.asset, lowerCase(receipt.asset)),
      ),
    )
    .returning()
  if (payment?.channel) await chargeChannel(tx, { id: payment.channel, nonce: payment.nonce, feeWei, atMs })
  return payment
}

type Inserting = { id: Digest; body: string; receipt: Receipt; answer: AnswerRecord }

async function insert(tx: Queryable, { id, body, receipt, answer }: Inserting): Promise<void> {
  await tx.db.insert(receipts).values({
    id,
    body,
    signature: answer.signature,
    signer: lowerCase(answer.signer),
    payer: lowerCase(receipt.payer),
    nonce: receipt.nonce,
    adapter: receipt.adapter,
    atMs: receipt.at,
  })
  await tx.db.insert(answers).values({
    receipt: id,
    requestText: answer.requestText,
    requestSalt: answer.requestSalt,
    answerText: answer.answerText,
    answerSalt: answer.answerSalt,
    promptIds: answer.promptIds ?? null,
    answerIds: answer.answerIds ?? null,
    finish: answer.finish ?? null,
    logprobs: answer.logprobs ?? null,
  })
}

function agrees({ feeWei, maxWei, scheme, chainId, asset }: Payment, receipt: Receipt): boolean {
  const askedWei = BigInt(receipt.feeWei)
  const coversFee = maxWei === null ? askedWei === feeWei : askedWei <= maxWei
  const sameWay = scheme === (receipt.scheme ?? 'exact')
  return coversFee && sameWay && chainId === receipt.chainId && asset === lowerCase(receipt.asset)
}

function illegal(payment: Payment, receipt: Digest): TributaryError {
  return new TributaryError(`A payment that is ${payment.state} takes no answer.`, {
    code: 'store/illegal-move',
    facts: {
      payer: payment.payer,
      nonce: payment.nonce,
      from: payment.state,
      to: 'answered',
      receipt,
      firstReceipt: payment.receipt,
    },
    tryThis: 'return the first answer of this payment',
  })
}

function mismatch(payment: Payment, receipt: Receipt): TributaryError {
  return new TributaryError('The receipt and its payment disagree about the fee, the scheme, the asset or the chain.', {
    code: 'store/receipt-mismatch',
    facts: {
      payer: payment.payer,
      nonce: payment.nonce,
      feeWei: payment.feeWei.toString(),
      maxWei: payment.maxWei?.toString() ?? null,
      scheme: payment.scheme,
      receiptFeeWei: receipt.feeWei,
      asset: payment.asset,
      receiptAsset: receipt.asset,
      chainId: payment.chainId,
      receiptChainId: receipt.chainId,
    },
    tryThis: 'make the receipt from the reserved payment',
  })
}
