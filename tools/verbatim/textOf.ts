import type { Sample } from '../../kernel/index.ts'

/** A sample as one text, as indexes hold it: the question, if it has one, and the answer, each on its line. */
export function textOf({ prompt, completion }: Pick<Sample, 'prompt' | 'completion'>): string {
  return prompt === '' ? completion : `${prompt}\n${completion}`
}
