import { randomBytes } from 'node:crypto'
import {
  digestOf,
  findError,
  receiptSchema,
  saltedDigest,
  toWeiString,
  type Address,
  type Digest,
  type Receipt,
} from '../../kernel/index.ts'
import { signReceipt, type PaymentScheme } from '../../chain/index.ts'
import type { Place } from '../../models/index.ts'
import { getPayment, recordAnswer, type AnswerRecord, type Payment } from '../../store/index.ts'
import { originOf } from './originOf.ts'
import { toDelivered, type DeliveredAnswer } from './readAnswer.ts'
import { canonicalRequest, feeOf, type ChatRequest, type Quoted, type ToolContext } from '../../tools/index.ts'

/** A payment that is answered, and its answer where it was made just now. */
export type Made = { payment: Payment; answer?: DeliveredAnswer }

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
export async function makeAnswer(ctx: ToolContext, sale: Sale): Promise<Made> {
  const { request, quoted, payment, scheme, place, signal, enough, onToken } = sale
  const { adapter, promptIds, maxTokens, asked } = quoted
  const [rule, engine] = [ctx.governed.rule(), ctx.governed.engine()]
  const origin = await originOf(ctx.store, adapter)
  const key = digestOf({ payer: payment.payer, nonce: payment.nonce })
  const { payer } = payment
  const generated = await ctx.answers.generate({
    adapter,
    promptIds,
    chat: request.messages,
    ...asked,
    payer,
    place,
    signal,
    key,
    ...(enough ? { enough } : {}),
    ...(onToken ? { onToken } : {}),
  })
  const tokens = generated.ids.length
  const { stamp } = generated
  if ('mode' in stamp && stamp.usage !== undefined && stamp.usage.completionTokens !== tokens) {
    const { completionTokens: ofUpstream } = stamp.usage
    ctx.log.info({ model: request.model, sale: key, ofUpstream, ofHome: tokens }, 'the upstream counts other tokens')
  }
  const isMetered = scheme.charges === 'made'
  const feeWei = isMetered ? meteredFee(quoted, tokens) : quoted.feeWei
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
    completionTokens: tokens,
    maxTokens: isMetered ? tokens : maxTokens,
    paddedLength: generated.paddedLength,
    engine: stamp,
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
  const signer = ctx.keys.server.address.toLowerCase() as Address
  const made = {
    receipt,
    signature,
    signer,
    requestText,
    requestSalt,
    answerText,
    answerSalt,
    promptIds,
    answerIds: generated.ids,
    finish: generated.finish,
    ...(generated.logprobs ? { logprobs: JSON.stringify(generated.logprobs) } : {}),
    atMs: ctx.now(),
  }
  const stored = await storeFirst(ctx, made)
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
async function storeFirst({ store }: ToolContext, made: AnswerRecord): Promise<Made> {
  try {
    const { id, payment } = await recordAnswer(store, made)
    // To the byte what readAnswer makes of it later.
    const receipt = receiptSchema.parse(made.receipt)
    const kept = { answerIds: null, finish: null, logprobs: null, ...made }
    return { payment, answer: toDelivered({ ...made, id, receipt }, kept) }
  } catch (failure) {
    if (findError(failure)?.code !== 'store/illegal-move') throw failure
    const payment = await getPayment(store, made.receipt)
    if (payment.receipt === null) throw failure
    return { payment }
  }
}

function newSalt(): Digest {
  return `0x${randomBytes(32).toString('hex')}` as Digest
}
