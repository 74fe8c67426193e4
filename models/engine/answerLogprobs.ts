import type { Tokenizer } from '../load/Tokenizer.ts'
import type { TokenLogprob } from '../serve/logprobs.ts'

type Scored = {
  token: string
  logprob: number
  /** UTF-8 of the token; null where it is a part of a character. */
  bytes: number[] | null
}

/** One token as OpenAI's `logprobs.content` has it. */
export type AnswerLogprob = Scored & { top_logprobs: Scored[] }

/** Log-probabilities of the tokens that the text shows: those of a stop string, which it does not show, are left out. */
export function answerLogprobs(
  tokenizer: Pick<Tokenizer, 'decode'>,
  logprobs: readonly TokenLogprob[],
  text: string,
): AnswerLogprob[] {
  const scored = ({ token, logprob }: { token: number; logprob: number }): Scored => {
    const piece = tokenizer.decode([token])
    return { token: piece, logprob, bytes: piece.includes('\ufffd') ? null : [...Buffer.from(piece)] }
  }
  const shown = shownTokens(
    tokenizer,
    logprobs.map(({ token }) => token),
    text,
  )
  return logprobs.slice(0, shown).map((one) => ({ ...scored(one), top_logprobs: one.top.map(scored) }))
}

/** How many tokens, from the first, it takes to make the text; all of them where nothing was cut off. */
function shownTokens(tokenizer: Pick<Tokenizer, 'decode'>, ids: readonly number[], text: string): number {
  if (tokenizer.decode(ids).length <= text.length) return ids.length
  let count = ids.length
  while (count > 0 && tokenizer.decode(ids.slice(0, count - 1)).length >= text.length) count--
  return count
}
