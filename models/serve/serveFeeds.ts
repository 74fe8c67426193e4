import { Tensor } from 'onnxruntime-node'
import { serveLanes } from '../graph/index.ts'
import type { KeyValueLane } from './KeyValueLane.ts'

type Batch = {
  /** [rows, chunk]. */
  tokens: readonly number[]
  chunk: number
  /** Rows whose logits are wanted. */
  wanted: readonly number[]
}

const hidden = -1e9

/** The inputs of serveGraph but for LoRA: rows lane by lane, each after `lengths` tokens of its own. */
export function serveFeeds(
  lanes: readonly { lane: KeyValueLane; lengths: readonly number[] }[],
  { tokens, chunk, wanted }: Batch,
): Record<string, Tensor> {
  const lengths = lanes.flatMap((lane) => lane.lengths)
  const positions = lengths.flatMap((length) => Array.from({ length: chunk }, (_, i) => length + i))
  const counts = Array.from({ length: serveLanes }, (_, i) => lanes[i]?.lengths.length ?? 0)
  const feeds: Record<string, Tensor> = {
    input_ids: ints(tokens, [lengths.length, chunk]),
    positions: ints(positions, [lengths.length, chunk]),
    logit_rows: ints(wanted, [wanted.length]),
    lane_rows: ints(counts, [serveLanes]),
    chunk_bias: causal(chunk),
  }
  for (let i = 0; i < serveLanes; i++) {
    // A lane left out is given as no rows of another's memory.
    const { lane, lengths: own } = lanes[i] ?? { lane: lanes[0]!.lane, lengths: [] }
    const { capacity } = lane
    const bias = new Float32Array(own.length * capacity)
    for (const [row, length] of own.entries()) bias.fill(hidden, row * capacity + length, (row + 1) * capacity)
    feeds[`past_bias.${i}`] = new Tensor('float32', bias, [own.length, 1, 1, 1, capacity])
    for (const [j, tensor] of lane.tensors(own.length).entries()) {
      feeds[`${j % 2 === 0 ? 'keys' : 'values'}.${i}.${j >> 1}`] = tensor
    }
  }
  return feeds
}

const causals = new Map<number, Tensor>()

/** 0 up to the diagonal, [s, s]. */
function causal(s: number): Tensor {
  const known = causals.get(s)
  if (known) return known
  const data = Float32Array.from({ length: s * s }, (_, i) => (i % s > Math.floor(i / s) ? hidden : 0))
  const tensor = new Tensor('float32', data, [s, s])
  causals.set(s, tensor)
  return tensor
}

function ints(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dims)
}
