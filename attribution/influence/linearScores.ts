import { TributaryError } from '../../kernel/index.ts'
import { dot } from './dot.ts'

/**
 * One query against many influence vectors.
 *
 *   score[i] = sum over p of gradient[p] · rows[i, p]
 *
 * Shapes: `gradient` [P], `rows` row-major [n, P]; returns [n]. Units: nats, when gradient is nats per unit of parameter.
 * fp32 in, products and sums in fp64, added in one fixed order (eight lanes): the same bits on every machine.
 * Cost: n·P multiply-adds, one pass over rows; memory 8n bytes.
 * Throws attribution/shape when rows is not a whole number of P, attribution/not-finite for a NaN or an infinity.
 */
export function linearScores(gradient: Float32Array, rows: Float32Array): Float64Array {
  const p = gradient.length
  const n = p === 0 ? 0 : rows.length / p
  if (p === 0 || !Number.isInteger(n)) {
    throw new TributaryError('The influence vectors are not as long as the gradient.', {
      code: 'attribution/shape',
      facts: { gradient: p, rows: rows.length },
      tryThis: 'use a gradient and influence vectors of one adapter layout',
    })
  }
  if (!Number.isFinite(dot(gradient, gradient, 0))) refuseNotFinite('gradient', gradient)
  const scores = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const score = dot(gradient, rows, i * p)
    // A NaN or an infinity in a row reaches its sum (0 · Infinity is NaN), and finite fp32 products cannot overflow fp64.
    if (!Number.isFinite(score)) refuseNotFinite(`row ${i}`, rows.subarray(i * p, i * p + p))
    scores[i] = score
  }
  return scores
}

function refuseNotFinite(where: string, values: Float32Array): never {
  const at = values.findIndex((value) => !Number.isFinite(value))
  throw new TributaryError(`The ${where} holds ${values[at]}, which cannot be scored.`, {
    code: 'attribution/not-finite',
    facts: { where, at, value: String(values[at]) },
    tryThis: 'check the adapter and the training run: a diverged run has no attribution',
  })
}
