import { bm25, wordsOf } from '../../attribution/index.ts'
import { seededUniform } from '../../models/index.ts'
import type { ToolContext } from '../context.ts'
import type { OpenedEvaluation } from './openEvaluation.ts'

/** How many trainings an evaluation has: the adapter again, the masks, and three for each answer that is checked. */
export function trainingCount({ masks, checks }: { masks: readonly unknown[]; checks: number }): number {
  return 1 + masks.length + 3 * checks
}

/**
 * The samples that each training of an evaluation leaves out: none, then the masks, then for each answer that is checked its
 * top samples by the unroll, those most alike by BM25, and as many at random. `scores` [queries][N].
 */
export async function trainingsOf(
  { engine }: Pick<ToolContext, 'engine'>,
  { plan, run }: Pick<OpenedEvaluation, 'plan' | 'run'>,
  scores: readonly Float64Array[],
): Promise<number[][]> {
  const removed = plan.masks[0]!.length
  const texts = [...run.plan.samples, ...run.plan.heldOut].map(({ prompt, answer }) =>
    wordsOf(engine.base.tokenizer.decode([...prompt, ...answer])),
  )
  const samples = run.plan.samples.length
  const alike = bm25({ documents: texts.slice(0, samples) })
  const checks: number[][] = []
  for (const [q, query] of plan.queries.slice(0, plan.checks).entries()) {
    const words = texts[samples + query]!
    const similar = await alike.score({ gradient: new Float32Array(), words })
    const uniform = seededUniform(`check ${plan.seed} ${query}`)
    checks.push(
      largest(scores[q]!, removed),
      largest(similar, removed),
      largest(Float64Array.from({ length: samples }, uniform), removed),
    )
  }
  return [[], ...plan.masks, ...checks]
}

/** Places of the largest values; of equal ones the first. */
function largest(values: Float64Array, count: number): number[] {
  return Array.from(values.keys())
    .toSorted((a, b) => values[b]! - values[a]! || a - b)
    .slice(0, count)
}

/** Weights [N] of a training that leaves samples out. */
export function weightsWithout(samples: number, removed: readonly number[]): Float32Array {
  const weights = new Float32Array(samples).fill(1)
  for (const sample of removed) weights[sample] = 0
  return weights
}
