import { TributaryError, type Address, type Digest, type Receipt } from '../../kernel/index.ts'
import { getAnswer, getReceipt, type Answer, type Queryable, type SignedReceipt } from '../../store/index.ts'
import { readCanonicalRequest } from '../../tools/index.ts'

export type DeliveredAnswer = {
  id: Digest
  receipt: Receipt
  signature: string
  signer: Address
  text: string
  /** Tokens as they were made; none where they were not kept. */
  ids: readonly number[]
  stop: readonly string[]
  finishReason: 'stop' | 'length'
  /** As OpenAI's `logprobs.content`, where they were asked for. */
  logprobs: readonly unknown[] | undefined
}

/** A sold answer as it is delivered, read back from where it is kept. Throws gateway/erased once its bytes were dropped. */
export async function readAnswer(store: Queryable, receiptId: Digest): Promise<DeliveredAnswer> {
  const signed = await getReceipt(store, { id: receiptId })
  return toDelivered(signed, await getAnswer(store, { receipt: receiptId }))
}

type Kept = Pick<Answer, 'answerText' | 'answerIds' | 'requestText' | 'finish' | 'logprobs'>

/** Receipt and answer, as they are kept, in the form in which they leave. Throws gateway/erased. */
export function toDelivered({ id, receipt, signature, signer }: SignedReceipt, kept: Kept): DeliveredAnswer {
  const { answerText, answerIds, requestText, finish, logprobs } = kept
  if (answerText === null || requestText === null) {
    throw new TributaryError('The text of this answer was dropped at its buyer’s wish; the receipt remains.', {
      code: 'gateway/erased',
      facts: { receipt: id },
      tryThis: 'ask again with a new payment',
    })
  }
  const { max_tokens: maxTokens, stop = [] } = readCanonicalRequest(requestText)
  return {
    id,
    receipt,
    signature,
    signer,
    text: answerText,
    ids: answerIds ?? [],
    stop,
    // Answers of before it was kept had no stop strings.
    finishReason: finish ?? (receipt.completionTokens < maxTokens ? 'stop' : 'length'),
    logprobs: logprobs === null ? undefined : (JSON.parse(logprobs) as unknown[]),
  }
}
