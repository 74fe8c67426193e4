const bytes = 4
const mib = 2 ** 20

export type RunSize = {
  /** P: numbers of one adapter. */
  parameters: number
  /** Main and counterfactual adapters. */
  variants: number
  samples: number
  batch: number
  steps: number
  everySteps: number
  /** Padded tokens of all texts, held-out ones included. */
  tokens: number
  hiddenSize: number
}

/**
 * Memory and disk of a run, in MiB, counted and not measured:
 *
 *   memory   parameters and two moments of each variant, one step's gradients of all rows, and at the end the unroll's
 *            diagonals [T, P] with 256 rows of influence
 *   scratch  frozen states, and for each step the gradients of its slots [B + 1, P]; removed at the end
 *   kept     a state of all variants for each look, the adapters, an influence vector a sample [N, P], and a batch gradient a step
 */
export function estimateSize(size: RunSize): { memoryMiB: number; scratchMiB: number; keptMiB: number } {
  const { parameters: p, variants, samples, batch, steps, everySteps, tokens, hiddenSize } = size
  const state = 3 * variants * p
  const step = 2 * variants * batch * p
  const unroll = p * (steps + Math.min(256, samples))
  const memory = state + Math.max(step, unroll)
  const scratch = tokens * hiddenSize + steps * (batch + 1) * p
  const kept = Math.ceil(steps / everySteps) * state + 2 * variants * p + samples * p + (steps + 1) * p
  const toMiB = (numbers: number): number => Math.ceil((bytes * numbers) / mib)
  return { memoryMiB: toMiB(memory), scratchMiB: toMiB(scratch), keptMiB: toMiB(kept) }
}
