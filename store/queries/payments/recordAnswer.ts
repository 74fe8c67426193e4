import { and, inArray, isNull } from 'drizzle-orm'
import {
  canonicalText,
  digestText,
  receiptSchema,
  TributaryError,
  type Address,
  type Digest,
  type Receipt,
} from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { answers, payments, receipts, type FinishReason } from '../../schema/index.ts'
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
 * Cost: three writes (about 3 ms on PGlite). Throws store/illegal-move, store/receipt-mismatch, store/not-found.
 */
export const recordAnswer = defineQuery(
  'recordAnswer',
  async (store, answer: AnswerRecord): Promise<{ id: Digest; payment: Payment }> => {
    const receipt = receiptSchema.parse(answer.receipt)
    const body = canonicalText(receipt)
    const id = digestText(body)
    const atMs = answer.atMs ?? Date.now()
    const key = { payer: receipt.payer, nonce: receipt.nonce }

    return transaction(store, async (tx) => {
      const before = await getPayment(tx, key)
      if (before.receipt === id) return { id, payment: before }
      if (
        !coversFee(before, BigInt(receipt.feeWei)) ||
        before.scheme !== (receipt.scheme ?? 'exact') ||
        before.chainId !== receipt.chainId ||
        before.asset !== lowerCase(receipt.asset)
      )
        throw mismatch(before, receipt)
      const { channel, nonce } = before
      const feeWei = BigInt(receipt.feeWei)
      const isFirst = before.receipt === null
      const channelWei = channel && isFirst ? await chargeChannel(tx, { id: channel, nonce, feeWei, atMs }) : undefined
      const [payment] = await tx.db
        .update(payments)
        .set({
          state: before.state === 'settled' ? 'settled' : 'answered',
          receipt: id,
          feeWei: BigInt(receipt.feeWei),
          answeredAtMs: atMs,
          ...(channelWei === undefined ? {} : { channelWei }),
        })
        .where(
          and(
            isPayment(key),
            inArray(payments.state, before.state === 'settled' ? ['settled'] : ['reserved']),
            isNull(payments.receipt),
            isNull(payments.epoch),
          ),
        )
        .returning()
      if (!payment) throw illegal(before, id)
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
      return { id, payment }
    })
  },
)

/** The price itself, or at most the price where what was made is charged. */
function coversFee({ feeWei, maxWei }: Payment, askedWei: bigint): boolean {
  return maxWei === null ? askedWei === feeWei : askedWei <= maxWei
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
