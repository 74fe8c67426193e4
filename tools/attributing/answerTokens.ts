import { TributaryError, type Digest } from '../../kernel/index.ts'
import { getAnswer } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

/**
 * The tokens of a sold answer and of its prompt. An answer that ended at once is taken for the token that ended it.
 * Throws tools/answer-erased.
 */
export async function answerTokens(
  { store, engine }: Pick<ToolContext, 'store' | 'engine'>,
  receipt: Digest,
): Promise<{ promptIds: number[]; answerIds: number[] }> {
  const { promptIds, answerIds } = await getAnswer(store, { receipt })
  if (promptIds === null || answerIds === null) throw answerErased(receipt)
  return { promptIds, answerIds: answerIds.length > 0 ? answerIds : [engine.base.tokenizer.eos] }
}

/** No finding of an audit: who has the text can still judge by the digests of the receipt. */
export function answerErased(receipt: Digest): TributaryError {
  return new TributaryError('Dropped at the buyer’s wish; only the digests stand in the receipt.', {
    code: 'tools/answer-erased',
    facts: { receipt },
    tryThis: 'ask the buyer for the text: with the salts of the store it opens the digests of the receipt',
  })
}
