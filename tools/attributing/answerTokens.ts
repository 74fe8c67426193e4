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
  if (promptIds === null || answerIds === null) {
    throw new TributaryError('The tokens of this answer were dropped, so it cannot be scored.', {
      code: 'tools/answer-erased',
      facts: { receipt },
      tryThis: 'score answers before their bytes are dropped',
    })
  }
  return { promptIds, answerIds: answerIds.length > 0 ? answerIds : [engine.base.tokenizer.eos] }
}
