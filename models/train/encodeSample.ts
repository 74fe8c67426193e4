import { TributaryError, type Sample } from '../../kernel/index.ts'
import type { Tokenizer } from '../load/Tokenizer.ts'
import { encodeRow, type EncodedRow } from './EncodedRow.ts'

/**
 * A sample as a chat: the prompt is masked, the completion's first `maxLabels` tokens are learned (and the end of the
 * answer, where it comes within them). A prompt that leaves no room loses its end.
 * Throws models/max-length when not even the template fits.
 */
export function encodeSample(
  { id, prompt, completion }: Pick<Sample, 'id' | 'prompt' | 'completion'>,
  tokenizer: Tokenizer,
  { maxLength, maxLabels }: { maxLength: number; maxLabels: number },
): EncodedRow {
  const answer = [...encodeStart(completion, tokenizer, maxLabels), tokenizer.eos].slice(0, maxLabels)
  const room = maxLength - answer.length + 1
  let words = tokenizer.encode(prompt)
  for (;;) {
    const content = tokenizer.decode(words)
    const ids = tokenizer.encodeChat([{ role: 'user', content }], { addGenerationPrompt: true })
    if (ids.length <= room) return encodeRow(ids, answer)
    if (words.length === 0) {
      throw new TributaryError('The chat template leaves no room for a sample.', {
        code: 'models/max-length',
        facts: { sample: id, templateTokens: ids.length, maxLength, maxLabels },
        tryThis: 'raise maxLength or lower maxLabels in the recipe',
      })
    }
    words = words.slice(0, Math.max(0, words.length - (ids.length - room)))
  }
}

// A long text is cut before it is encoded: only its first tokens are wanted. The tokens at the cut are not used, since
// what follows would change them.
function encodeStart(text: string, tokenizer: Tokenizer, tokens: number): number[] {
  const start = text.slice(0, 16 * tokens)
  const ids = tokenizer.encode(start)
  return start.length === text.length || ids.length >= 2 * tokens ? ids : tokenizer.encode(text)
}
