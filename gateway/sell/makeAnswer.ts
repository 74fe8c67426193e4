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
import { signReceipt } from '../../chain/index.ts'
import { getAdapter, getPayment, recordAnswer, type AnswerRecord, type Payment } from '../../store/index.ts'
import { canonicalRequest, type ChatRequest, type Quoted, type ToolContext } from '../../tools/index.ts'

export type Sale = {
  request: ChatRequest
  quoted: Quoted
  payment: Pick<Payment, 'payer' | 'nonce' | 'asset' | 'chainId'>
  /** Aborts when another gateway has taken the payment over. */
  signal: AbortSignal
}

/**
 * Generates the answer, signs its receipt, and stores both with the payment's next state in one transaction. Returns the
 * receipt's id; where another gateway was faster, the id of the one that is stored.
 */
export async function makeAnswer(ctx: ToolContext, { request, quoted, payment, signal }: Sale): Promise<Digest> {
  const { adapter, promptIds, maxTokens, feeWei } = quoted
  const origin = await getAdapter(ctx.store, { digest: adapter })
  const { temperature, top_p: topP, seed } = request
  const key = digestOf({ payer: payment.payer, nonce: payment.nonce })
  const asked = { adapter, promptIds, maxTokens, temperature, topP, seed, signal, key }
  const generated = await ctx.answers.generate(asked)
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
    seed,
    promptTokens: promptIds.length,
    completionTokens: generated.ids.length,
    paddedLength: generated.paddedLength,
    engine: generated.stamp,
    feeWei: toWeiString(feeWei),
    asset: payment.asset,
    chainId: payment.chainId,
    payer: payment.payer,
    nonce: payment.nonce,
    rule: digestOf(ctx.rule),
    at: ctx.now(),
  }
  const { signature } = await signReceipt(receipt, ctx.keys.server)
  return storeFirst(ctx, {
    receipt,
    signature,
    signer: ctx.keys.server.address as Address,
    requestText,
    requestSalt,
    answerText,
    answerSalt,
    promptIds,
    answerIds: generated.ids,
    atMs: ctx.now(),
  })
}

/** An answer that is stored stays: whoever comes second delivers the first one. */
async function storeFirst({ store }: ToolContext, answer: AnswerRecord): Promise<Digest> {
  try {
    return (await recordAnswer(store, answer)).id
  } catch (failure) {
    if (findError(failure)?.code !== 'store/illegal-move') throw failure
    const { receipt } = await getPayment(store, answer.receipt)
    if (receipt === null) throw failure
    return receipt
  }
}

function newSalt(): Digest {
  return `0x${randomBytes(32).toString('hex')}` as Digest
}
