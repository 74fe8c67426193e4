import type { Sample } from '../../kernel/index.ts'
import { encodeSample, recipeLayout, type EncodedRow, type Recipe } from '../../models/index.ts'
import type { ToolContext } from '../context.ts'

const probe = 8

export type Calibration = {
  /** Rows that were timed. */
  rows: number
  /** Milliseconds of one token, padding counted, in the frozen blocks and in one gradient of the adapted ones. */
  frozenMs: number
  gradientMs: number
}

/**
 * Times the recipe on this machine, as it is busy now: the frozen blocks and one gradient of 8 rows spread over the lengths
 * that there are. What opens a session is not counted. Cost: a few seconds, and the memory of the sessions.
 */
export async function calibrate(
  { engine }: Pick<ToolContext, 'engine'>,
  rows: readonly EncodedRow[],
  recipe: Recipe,
): Promise<Calibration> {
  const byLength = rows.toSorted((a, b) => a.paddedLength - b.paddedLength || a.labelSlots - b.labelSlots)
  const some = Array.from({ length: Math.min(probe, rows.length) }, (_, i) => {
    return byLength[Math.floor(((i + 0.5) * rows.length) / Math.min(probe, rows.length))]!
  })
  const tokens = some.reduce((sum, { paddedLength }) => sum + paddedLength, 0)
  const layout = recipeLayout(recipe, engine.base.config)
  const thetas = [new Float32Array(layout.length)]
  const [first] = await engine.prefixStates(some.slice(0, 1), layout)
  await engine.rowGradients([{ row: some[0]!, hidden: first!, adapter: 0 }], thetas, layout)
  const started = performance.now()
  const hidden = await engine.prefixStates(some, layout)
  const frozen = performance.now()
  await engine.rowGradients(
    some.map((row, i) => ({ row, hidden: hidden[i]!, adapter: 0 })),
    thetas,
    layout,
  )
  const done = performance.now()
  return { rows: some.length, frozenMs: (frozen - started) / tokens, gradientMs: (done - frozen) / tokens }
}

/** Samples as the recipe cuts them. Throws models/max-length. */
export function encodeAll(
  { engine }: Pick<ToolContext, 'engine'>,
  samples: readonly Sample[],
  recipe: Recipe,
): EncodedRow[] {
  return samples.map((sample) => encodeSample(sample, engine.base.tokenizer, recipe))
}

/**
 * Milliseconds of a run of `groups` counterfactual adapters over some rows:
 *
 *   tokens · (frozen + epochs · groups · gradient)
 *
 * The main adapter costs one gradient a sample and epoch, the K counterfactual ones K - 1 together, since each leaves out
 * its group.
 */
export function trainingMs(
  { frozenMs, gradientMs }: Calibration,
  tokens: number,
  { epochs, groups }: { epochs: number; groups: number },
): { frozen: number; gradients: number } {
  return { frozen: tokens * frozenMs, gradients: tokens * epochs * groups * gradientMs }
}
