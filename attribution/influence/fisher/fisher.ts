import { TributaryError } from '../../../kernel/index.ts'
import type { AttributionMethod, MethodFacts } from '../AttributionMethod.ts'
import { linearScores } from '../linearScores.ts'
import { scoreRows, type RowReader } from '../scoreRows.ts'
import { cholesky, solveCholesky } from './cholesky.ts'

export const fisherFacts = {
  id: 'fisher/1',
  role: 'sample',
  family: 'influence',
  claim: 'the loss that this answer would gain without the sample at an optimum, by the damped empirical Fisher matrix',
} as const satisfies MethodFacts

/**
 * Baseline: influence with the damped empirical Fisher matrix of the samples in place of the Hessian, solved in its dual.
 *
 *   score[k] = (1/N) q · (GᵀG/N + lambda I)⁻¹ G[k] = (1/N) ((GGᵀ/N + lambda I)⁻¹ G q)[k]
 *   lambda = damping · mean over i of |G[i]|²
 *
 * The two forms are equal (push-through identity); the second inverts [N, N] and not [P, P].
 * Shapes: `rows` reads G [N, P] at the final adapter; a score is [N], in nats. Binding costs N²·P multiply-adds, a read of G
 * for each of its blocks, and 8·N² bytes; an answer N·P + N². Source: Koh & Liang 2017 (arXiv 1703.04730) for influence,
 * Park et al. 2023 (arXiv 2303.14186) for the kernel. Throws attribution/damping, attribution/not-definite (no
 * sample has a gradient), and as scoreRows does.
 */
export async function fisher({
  rows,
  samples,
  parameters,
  damping = 0.1,
}: {
  rows: RowReader
  samples: number
  parameters: number
  damping?: number
}): Promise<AttributionMethod> {
  if (!(damping > 0 && Number.isFinite(damping))) {
    throw new TributaryError('The Fisher kernel needs a damping above 0.', {
      code: 'attribution/damping',
      facts: { damping: String(damping) },
      tryThis: 'use .1 unless a validation split says another',
    })
  }
  const gram = await gramOf(rows, samples, parameters)
  let trace = 0
  for (let i = 0; i < samples; i++) trace += gram[i * samples + i]!
  for (const at of gram.keys()) gram[at]! /= samples
  for (let i = 0; i < samples; i++) gram[i * samples + i]! += (damping * trace) / samples
  const factor = cholesky(gram, samples)
  return {
    ...fisherFacts,
    count: samples,
    async score({ gradient }) {
      const along = await scoreRows(gradient, rows, samples)
      return solveCholesky(factor, along).map((score) => score / samples)
    },
  }
}

/** The lower half of GGᵀ [N, N], block by block. */
async function gramOf(rows: RowReader, samples: number, parameters: number): Promise<Float64Array> {
  // Refuses rows of another run, and what is not finite, before anything is made of them.
  await scoreRows(new Float32Array(parameters), rows, samples)
  const gram = new Float64Array(samples * samples)
  for await (const { first, rows: own } of rows()) {
    const end = first + own.length / parameters
    for await (const { first: column, rows: others } of rows()) {
      if (column >= end) break
      for (let i = first; i < end; i++) {
        const at = (i - first) * parameters
        gram.set(linearScores(own.subarray(at, at + parameters), others), i * samples + column)
      }
    }
  }
  return gram
}
