import { TributaryError } from '../../../kernel/index.ts'
import type { AttributionMethod, MethodFacts } from '../AttributionMethod.ts'
import { dot } from '../dot.ts'
import { refuseQuery } from '../refuseQuery.ts'
import { scoreRows, type RowReader } from '../scoreRows.ts'

/** A stretch of the flat parameters that is damped and inverted by itself: one LoRA factor of one projection. */
export type Segment = { from: number; to: number }

export const dataInfFacts = {
  id: 'datainf/1',
  role: 'sample',
  family: 'influence',
  claim: 'the loss that this answer would gain without the sample at an optimum, by a Hessian averaged after inversion',
} as const satisfies MethodFacts

/**
 * Baseline: influence with the Hessian of each segment l replaced by its samples' outer products, each inverted by itself,
 * and the inverses averaged instead of the matrices.
 *
 *   H_l⁻¹ ~ (1/N) sum over i of (G_l[i] G_l[i]ᵀ + lambda_l I)⁻¹,      lambda_l = damping · mean over i of |G_l[i]|² / d_l
 *   u_l = (q_l - (1/N) sum over i of (q_l · G_l[i]) / (lambda_l + |G_l[i]|²) · G_l[i]) / lambda_l
 *   score[k] = (1/N) sum over l of u_l · G_l[k]
 *
 * with Sherman and Morrison's formula for each inverse, and d_l the length of the segment. Written by u, an answer costs
 * 3·N·P multiply-adds and two reads of G instead of the paper's N² sums. A segment whose gradients are all zero adds nothing.
 * Shapes: `rows` reads G [N, P] at the final adapter; `segments` cover [0, P) in order; a score is [N], in nats.
 * Binding costs two reads of G; kept: 8·N numbers a segment. Source: Kwon et al. 2023 (arXiv 2310.00902), eq. 5 and
 * section 3 for the damping of .1. Throws attribution/segments, attribution/query, and as scoreRows does.
 */
export async function dataInf({
  rows,
  samples,
  segments,
  damping = 0.1,
}: {
  rows: RowReader
  samples: number
  segments: readonly Segment[]
  damping?: number
}): Promise<AttributionMethod> {
  const parameters = checkSegments(segments, damping)
  const squares = segments.map(() => new Float64Array(samples))
  // Refuses rows of another run, and what is not finite, before anything is made of them.
  await scoreRows(new Float32Array(parameters), rows, samples)
  for await (const block of rows()) {
    for (let at = 0, i = block.first; at < block.rows.length; at += parameters, i++) {
      for (const [l, { from, to }] of segments.entries()) {
        squares[l]![i] = dot(block.rows.subarray(at + from, at + to), block.rows, at + from)
      }
    }
  }
  const lambdas = segments.map(
    ({ from, to }, l) => (damping * squares[l]!.reduce((sum, square) => sum + square, 0)) / samples / (to - from),
  )
  return {
    ...dataInfFacts,
    count: samples,
    async score({ gradient }) {
      if (gradient.length !== parameters) {
        refuseQuery(dataInfFacts.id, 'gradient', { expected: parameters, found: gradient.length })
      }
      const removed = new Float64Array(parameters)
      for await (const block of rows()) {
        for (let at = 0, i = block.first; at < block.rows.length; at += parameters, i++) {
          for (const [l, { from, to }] of segments.entries()) {
            if (lambdas[l] === 0) continue
            const along = dot(gradient.subarray(from, to), block.rows, at + from)
            const factor = along / (lambdas[l]! + squares[l]![i]!) / samples
            for (let p = from; p < to; p++) removed[p]! += factor * block.rows[at + p]!
          }
        }
      }
      const u = new Float32Array(parameters)
      for (const [l, { from, to }] of segments.entries()) {
        if (lambdas[l] === 0) continue
        for (let p = from; p < to; p++) u[p] = (gradient[p]! - removed[p]!) / lambdas[l]! / samples
      }
      return scoreRows(u, rows, samples)
    },
  }
}

function checkSegments(segments: readonly Segment[], damping: number): number {
  const inOrder = segments.every(({ from, to }, l) => from === (segments[l - 1]?.to ?? 0) && to > from)
  if (inOrder && segments.length > 0 && damping > 0 && Number.isFinite(damping)) return segments.at(-1)!.to
  throw new TributaryError('DataInf needs segments that cover the parameters in order, and a damping above 0.', {
    code: 'attribution/segments',
    facts: { segments: segments.length, damping: String(damping) },
    tryThis: "pass the segments of the adapter's layout, and the damping of .1 unless a validation split says another",
  })
}
