import { TributaryError } from '../../kernel/index.ts'
import { linearScores } from './linearScores.ts'

/** Consecutive influence vectors: `rows` row-major [n, P], the first of them for item `first`. */
export type RowBlock = { first: number; rows: Float32Array }

/** Reads influence vectors from the start, block by block in order: from memory, a file or a blob. */
export type RowReader = () => AsyncIterable<RowBlock> | Iterable<RowBlock>

/**
 * linearScores over a matrix too big for memory. `gradient` [P], the reader's rows [count, P] in all; returns [count], nats.
 * The result does not depend on how the rows are cut into blocks. Cost: count·P multiply-adds, one block in memory.
 * Throws attribution/shape when blocks leave a gap, overlap or do not add up to `count`, and what linearScores throws.
 */
export async function scoreRows(gradient: Float32Array, rows: RowReader, count: number): Promise<Float64Array> {
  const scores = new Float64Array(count)
  let next = 0
  for await (const block of rows()) {
    if (block.first !== next) refuse(count, next, block.first)
    const part = linearScores(gradient, block.rows)
    if (next + part.length > count) refuse(count, next, next + part.length)
    scores.set(part, next)
    next += part.length
  }
  if (next !== count) refuse(count, next, next)
  return scores
}

function refuse(count: number, read: number, found: number): never {
  throw new TributaryError('The influence vectors are not the ones of this run.', {
    code: 'attribution/shape',
    facts: { count, read, found },
    tryThis: 'pass the matrix that the training run wrote, with one row for each of its items, in order',
  })
}
