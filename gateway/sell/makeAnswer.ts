import { randomBytes } from 'node:crypto'
import {
  digestOf,
  findError,
  saltedDigest,
  toWeiString,
  type Address,
  type Digest,
  type Receipt,
} from '../../kernel/index.ts'
import { signReceipt, type PaymentScheme } from '../../chain/index.ts'
import type { Place } from '../../models/index.ts'
import { getAdapter, getPayment, recordAnswer, type AnswerRecord, type Payment } from '../../store/index.ts'
import { canonicalRequest, feeOf, type ChatRequest, type Quoted, type ToolContext } from '../../tools/index.ts'

export type Sale = {
  request: ChatRequest
  quoted: Quoted
  payment: Pick<Payment, 'payer' | 'nonce' | 'asset' | 'chainId'>
  scheme: Pick<PaymentScheme, 'id' | 'charges'>
  /** Room in the engine that was kept for it. */
  place: Place
  /** Aborts when another gateway has taken the payment over, or its buyer has gone. */
  signal: AbortSignal
  /** Aborts when what is made by then is the answer. */
  enough?: AbortSignal
  onToken?: (token: number, text: string) => void
}

/**
 * Generates the answer, signs its receipt, and stores both with the payment's next state in one transaction. Returns the
 * payment as it is then; where another gateway was faster, with the answer that is stored.
 */
export async function makeAnswer(ctx: ToolContext, sale: Sale): Promise<Payment> {
  const { request, quoted, payment, scheme, place, signal, enough, onToken } = sale
  const { adapter, promptIds, maxTokens, asked } = quoted
  const [rule, engine] = [ctx.governed.rule(), ctx.governed.engine()]
  const origin = await getAdapter(ctx.store, { digest: adapter })
  const key = digestOf({ payer: payment.payer, nonce: payment.nonce })
  const { payer } = payment
  const generated = await ctx.answers.generate({
    adapter,
    promptIds,
    ...asked,
    payer,
    place,
    signal,
    key,
    ...(enough ? { enough } : {}),
    ...(onToken ? { onToken } : {}),
  })
  const made = generated.ids.length
  const isMetered = scheme.charges === 'made'
  const feeWei = isMetered ? meteredFee(quoted, made) : quoted.feeWei
  const answerText = generated.text
  const requestText = canonicalRequest(request)
  const [requestSalt, answerSalt] = [newSalt(), newSalt()]
  const receipt: Receipt = {
    v: 1,
    model: request.model,
    adapter,
    base: origin.base,
    datanet: origin.datanet,
    recipe: origin.recipe,
    request: saltedDigest(requestSalt, requestText),
    answer: saltedDigest(answerSalt, answerText),
    seed: asked.seed,
    promptTokens: promptIds.length,
    completionTokens: made,
    maxTokens: isMetered ? made : maxTokens,
    paddedLength: generated.paddedLength,
    engine: generated.stamp,
    feeWei: toWeiString(feeWei),
    asset: payment.asset,
    chainId: payment.chainId,
    payer: payment.payer,
    nonce: payment.nonce,
    ...(scheme.id === 'exact' ? {} : { scheme: scheme.id }),
    rule: digestOf(rule),
    attributionEngine: engine.digest,
    at: ctx.now(),
  }
  const { signature } = await signReceipt(receipt, ctx.keys.server)
  const stored = await storeFirst(ctx, {
    receipt,
    signature,
    signer: ctx.keys.server.address as Address,
    requestText,
    requestSalt,
    answerText,
    answerSalt,
    promptIds,
    answerIds: generated.ids,
    finish: generated.finish,
    ...(generated.logprobs ? { logprobs: JSON.stringify(generated.logprobs) } : {}),
    atMs: ctx.now(),
  })
  await ctx.answers.drop?.(key)
  return stored
}

/** The price of the tokens that were made, at least 1 wei, at most what was signed for. */
function meteredFee({ promptIds, feeWei, prices }: Quoted, made: number): bigint {
  const madeWei = feeOf(prices, { promptTokens: promptIds.length, maxTokens: made })
  if (madeWei >= feeWei) return feeWei
  return madeWei > 0n ? madeWei : 1n
}

/** An answer that is stored stays: whoever comes second delivers the first one. */
async function storeFirst({ store }: ToolContext, answer: AnswerRecord): Promise<Payment> {
  try {
    return (await recordAnswer(store, answer)).payment
  } catch (failure) {
    if (findError(failure)?.code !== 'store/illegal-move') throw failure
    const first = await getPayment(store, answer.receipt)
    if (first.receipt === null) throw failure
    return first
  }
}

function newSalt(): Digest {
  return `0x${randomBytes(32).toString('hex')}` as Digest
}
