import { digestOf, type Sample } from '../../kernel/index.ts'

/**
 * Draws up to `n` held-out samples whose prompts a buyer can ask: each prompt once, payees in turn so that the questions
 * are about many of them, all in the order of sha256(seed, id). Samples without a prompt are passed over.
 */
export function drawQuestions<T extends Pick<Sample, 'id' | 'payee' | 'prompt'>>(
  heldOut: readonly T[],
  { n, seed }: { n: number; seed: string },
): T[] {
  const order = heldOut
    .filter(({ prompt }) => prompt.trim() !== '')
    .map((sample) => ({ sample, key: digestOf(['tributary/question/1', seed, sample.id]) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const prompts = new Set<string>()
  const turns = new Map<string, number>()
  const queued: { sample: T; turn: number }[] = []
  for (const { sample } of order) {
    if (prompts.has(sample.prompt)) continue
    prompts.add(sample.prompt)
    const turn = turns.get(sample.payee) ?? 0
    turns.set(sample.payee, turn + 1)
    queued.push({ sample, turn })
  }
  // The sort is stable: inside of a turn, the drawn order stays.
  return queued
    .toSorted((a, b) => a.turn - b.turn)
    .slice(0, n)
    .map(({ sample }) => sample)
}
