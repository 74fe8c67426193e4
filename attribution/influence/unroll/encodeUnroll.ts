import { z } from 'zod'
import { canonicalBytes, TributaryError } from '../../../kernel/index.ts'
import type { UnrollState } from './UnrollState.ts'

const count = z.int().min(0)
const headerSchema = z.object({
  v: z.literal(1),
  difference: z.enum(['central', 'mixed']),
  steps: count,
  step: count,
  exponent: count,
  queries: count,
  samples: count,
  parameters: count,
})
type Header = z.output<typeof headerSchema>

/**
 * An unroll between two blocks as bytes: header length (8 bytes), canonical header, then for each query the adjoints of theta,
 * first and second moment [P] and the scores [N], fp64. The same state has the same bytes, so its digest names it. When all is
 * done (step 0) nobody goes on from the adjoints, and they are left out: what stays are the scores.
 */
export function encodeUnroll({ difference, steps, step, exponent, adjoints, scores }: UnrollState): Uint8Array {
  const header: Header = {
    v: 1,
    difference,
    steps,
    step,
    exponent,
    queries: adjoints.length,
    samples: scores[0]?.length ?? 0,
    parameters: step === 0 ? 0 : (adjoints[0]?.theta.length ?? 0),
  }
  const head = canonicalBytes(header)
  const rows = adjoints.flatMap(({ theta, first, second }, q) => [
    ...(step === 0 ? [] : [theta, first, second]),
    scores[q]!,
  ])
  const bytes = new Uint8Array(8 + head.length + rows.reduce((sum, row) => sum + row.byteLength, 0))
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true)
  bytes.set(head, 8)
  let at = 8 + head.length
  for (const row of rows) {
    bytes.set(new Uint8Array(row.buffer, row.byteOffset, row.byteLength), at)
    at += row.byteLength
  }
  return bytes
}

/** The state again. Throws attribution/unroll-state when the bytes are no such state, whole. */
export function decodeUnroll(bytes: Uint8Array): UnrollState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = bytes.length < 8 ? Number.NaN : Number(view.getBigUint64(0, true))
  const header = readHeader(bytes.subarray(8, 8 + length))
  const { queries = 0, parameters = 0, samples = 0 } = header ?? {}
  if (!header || bytes.length !== 8 + length + 8 * queries * (3 * parameters + samples)) {
    throw new TributaryError('These bytes are not the state of an unroll.', {
      code: 'attribution/unroll-state',
      facts: { bytes: bytes.length },
      tryThis: 'unroll the block before it again: the same run gives the same state',
    })
  }
  let at = 8 + length
  const row = (size: number): Float64Array => {
    const copy = new Uint8Array(8 * size)
    copy.set(bytes.subarray(at, at + 8 * size))
    at += copy.length
    return new Float64Array(copy.buffer)
  }
  const all = Array.from({ length: queries }, () => ({
    adjoint: { theta: row(parameters), first: row(parameters), second: row(parameters) },
    scores: row(samples),
  }))
  const { difference, steps, step, exponent } = header
  return {
    difference,
    steps,
    step,
    exponent,
    adjoints: all.map((one) => one.adjoint),
    scores: all.map((one) => one.scores),
  }
}

function readHeader(bytes: Uint8Array): Header | undefined {
  try {
    return headerSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    // Damaged: the caller says so.
    return undefined
  }
}
