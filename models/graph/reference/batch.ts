import { Tensor } from 'onnxruntime-node'
import type { Projection } from '../llama/loraLeaves.ts'
import { projectionSize, type Target } from '../llama/target.ts'
import type { LlamaConfig } from '../llama/LlamaConfig.ts'
import { seededNormal } from '../seededNormal.ts'
import type { ReferenceLora } from './llamaForward.ts'

export type Label = { position: number; token: number; weight: number }
export type Row = { tokens: readonly number[]; labels: readonly Label[]; adapter: number }
export type Feeds = Record<string, Tensor>
/** Stacked factors by input name; tensors, or plain numbers where float32 would be too coarse. */
export type Stacks = Record<string, { dims: readonly number[]; data: Tensor['data'] | readonly number[] }>

export const ints = (values: readonly number[], dims: readonly number[]): Tensor =>
  new Tensor('int64', BigInt64Array.from(values, BigInt), dims)
export const floats = (values: ArrayLike<number>, dims: readonly number[]): Tensor =>
  new Tensor('float32', Float32Array.from(values), dims)

/** A row of random tokens; labels are next tokens at `labels` of its positions, with uneven weights. */
export function randomRow(config: LlamaConfig, length: number, labels: number, seed: number, adapter = 0): Row {
  const normal = seededNormal(seed)
  const token = (): number => Math.floor(Math.abs(normal()) * 1e6) % config.vocab_size
  const tokens = Array.from({ length }, token)
  const positions = Array.from({ length }, (_, i) => i).toSorted((a, b) => Math.sin(a + seed) - Math.sin(b + seed))
  const chosen = positions.slice(0, labels).toSorted((a, b) => a - b)
  return {
    tokens,
    adapter,
    labels: chosen.map((position) => ({ position, token: token(), weight: 0.5 + position / 8 })),
  }
}

/** Inputs of gradGraph, but for the factors, for rows padded on the right to `length` tokens and `labels` labels. */
export function gradFeeds(rows: readonly Row[], length: number, labels: number): Feeds {
  const pad = (values: readonly number[], size: number): number[] => [
    ...values,
    ...Array<number>(size - values.length).fill(0),
  ]
  const each = (size: number, of: (row: Row) => readonly number[]): number[] =>
    rows.flatMap((row) => pad(of(row), size))
  const b = rows.length
  return {
    input_ids: ints(
      each(length, (row) => row.tokens),
      [b, length],
    ),
    attention_mask: ints(
      each(length, (row) => row.tokens.map(() => 1)),
      [b, length],
    ),
    target_pos: ints(
      each(labels, (row) => row.labels.map((l) => l.position)),
      [b, labels],
    ),
    target_ids: ints(
      each(labels, (row) => row.labels.map((l) => l.token)),
      [b, labels],
    ),
    target_weight: floats(
      each(labels, (row) => row.labels.map((l) => l.weight)),
      [b, labels],
    ),
  }
}

/** Stacked random adapters; both factors are far from zero, so that every gradient counts. Slot 0 is the base. */
export function randomAdapters(
  config: LlamaConfig,
  {
    targets,
    adapters,
    rank,
    from = 0,
    seed = 7,
  }: { targets: readonly Target[]; adapters: number; rank: number; from?: number; seed?: number },
): Feeds {
  const normal = seededNormal(seed)
  const layers = config.num_hidden_layers - from
  const stack = (perLayer: number, scale: number): Float32Array =>
    Float32Array.from({ length: adapters * layers * perLayer }, (_, i) =>
      i < layers * perLayer ? 0 : scale * normal(),
    )
  return Object.fromEntries(
    targets.flatMap((target) => {
      const size = projectionSize(config, target)
      return [
        [`lora_A.${target}`, floats(stack(size.in * rank, size.in ** -0.5), [adapters * layers, size.in, rank])],
        [`lora_B.${target}`, floats(stack(rank * size.out, 0.3), [adapters * layers, rank, size.out])],
      ]
    }),
  )
}

/** Stacked factors as gradGraph takes them: for each projection, those of each row's adapter. */
export function rowFactors(
  stacks: Feeds,
  rows: readonly Row[],
  { layers, from = 0 }: { layers: number; from?: number },
): Feeds {
  const feeds: Feeds = {}
  for (const [name, { data, dims }] of Object.entries(stacks)) {
    const [factor, target] = name.split('.') as [string, string]
    const size = dims[1]! * dims[2]!
    for (let i = 0; i < layers - from; i++) {
      const parts = rows.flatMap(({ adapter }) => {
        const at = (adapter * (layers - from) + i) * size
        return Array.from((data as Float32Array).subarray(at, at + size))
      })
      feeds[`${factor}.${from + i}.${target}`] = floats(parts, [rows.length, dims[1]!, dims[2]!])
    }
  }
  return feeds
}

/** Projections of some targets in the blocks from `from` on. */
export function projectionsOf(targets: readonly Target[], layers: number, from = 0): Projection[] {
  return targets.flatMap((target) => Array.from({ length: layers - from }, (_, i) => ({ layer: from + i, target })))
}

/** One stacked adapter as the reference takes it. */
export function referenceAdapter(config: LlamaConfig, feeds: Stacks, adapter: number, from = 0): ReferenceLora {
  const layers = config.num_hidden_layers - from
  const matrix = (tensor: Stacks[string], layer: number): number[][] => {
    const [, rows = 0, columns = 0] = tensor.dims
    const data = tensor.data as ArrayLike<number>
    const start = (adapter * layers + layer - from) * rows * columns
    return Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_unused, j) => data[start + i * columns + j] as number),
    )
  }
  return (layer, target) => {
    const [A, B] = [feeds[`lora_A.${target}`], feeds[`lora_B.${target}`]]
    return A && B && layer >= from ? { A: matrix(A, layer), B: matrix(B, layer) } : undefined
  }
}
