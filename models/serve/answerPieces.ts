import type { Tokenizer } from '../load/Tokenizer.ts'
import { AnswerText } from './AnswerText.ts'

type Made = { ids: readonly number[]; text: string; stop?: readonly string[] }

/**
 * An answer cut as it was streamed while it was made: what became certain with each token, and at the end what was held
 * back. One piece where the tokens are not those of the text.
 */
export function answerPieces(tokenizer: Pick<Tokenizer, 'decode'>, { ids, text, stop = [] }: Made): string[] {
  const stream = new AnswerText(tokenizer, stop)
  const pieces = ids.map((id) => stream.push(id))
  const given = pieces.join('')
  return text.startsWith(given) ? [...pieces, text.slice(given.length)] : [...ids.map(() => ''), text]
}
