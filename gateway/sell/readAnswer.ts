import { TributaryError, type Address, type Digest, type Receipt } from '../../kernel/index.ts'
import { getAnswer, getReceipt, type Queryable } from '../../store/index.ts'

export type DeliveredAnswer = {
  id: Digest
  receipt: Receipt
  signature: string
  signer: Address
  text: string
  finishReason: 'stop' | 'length'
}

/** A sold answer as it is delivered, read back from where it is kept. Throws gateway/erased once its bytes were dropped. */
export async function readAnswer(store: Queryable, receiptId: Digest): Promise<DeliveredAnswer> {
  const { id, receipt, signature, signer } = await getReceipt(store, { id: receiptId })
  const { answerText, requestText } = await getAnswer(store, { receipt: receiptId })
  if (answerText === null || requestText === null) {
    throw new TributaryError('The text of this answer was dropped at its buyer’s wish; the receipt remains.', {
      code: 'gateway/erased',
      facts: { receipt: id },
      tryThis: 'ask again with a new payment',
    })
  }
  const { max_tokens: maxTokens } = JSON.parse(requestText) as { max_tokens: number }
  const finishReason = receipt.completionTokens < maxTokens ? 'stop' : 'length'
  return { id, receipt, signature, signer, text: answerText, finishReason }
}
