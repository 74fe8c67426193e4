import { Tensor } from 'onnxruntime-node'
import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import type { EncodedRow } from '../train/EncodedRow.ts'
import type { GradientBatch } from './gradientCalls.ts'

type Feeds = Record<string, Tensor>

/** Which adapter each row of a batch runs with, and what it runs on. */
export type RowBatch = Omit<GradientBatch, 'gradients'>

/** The inputs of gradGraph for rows of one padded size, one adapter of the layout each. */
export function gradientFeeds(batch: RowBatch): Feeds {
  const { labelSlots: slots, samples, sampleOfRow } = batch
  const count = sampleOfRow.length
  const labels = new BigInt64Array(count * slots)
  const weights = new Float32Array(count * slots)
  for (const [i, sample] of sampleOfRow.entries()) {
    const { row } = samples[sample]!
    for (const [j, label] of row.labels.entries()) {
      labels[i * slots + j] = BigInt(label)
      weights[i * slots + j] = 1 / row.labels.length
    }
  }
  return {
    ...stateFeeds(batch),
    target_ids: new Tensor('int64', labels, [count, slots]),
    target_weight: new Tensor('float32', weights, [count, slots]),
  }
}

/** The same without labels: what the states are computed from that predict them. */
export function stateFeeds({
  layout,
  paddedLength: length,
  labelSlots: slots,
  samples,
  sampleOfRow,
  adapterOfRow,
  thetas,
}: RowBatch): Feeds {
  const count = sampleOfRow.length
  const rows = Array.from(sampleOfRow, (sample) => samples[sample]!)
  const size = rows[0]!.hidden.length / length
  const hidden = new Float32Array(count * length * size)
  const positions = new BigInt64Array(count * slots)
  for (const [i, { row, hidden: state }] of rows.entries()) {
    hidden.set(state, i * length * size)
    const first = row.ids.length - row.labels.length
    for (const j of row.labels.keys()) positions[i * slots + j] = BigInt(first + j)
  }
  return {
    hidden: new Tensor('float32', hidden, [count, length, size]),
    attention_mask: attentionMask(
      rows.map(({ row }) => row),
      length,
    ),
    target_pos: new Tensor('int64', positions, [count, slots]),
    ...factorFeeds(
      layout,
      Array.from(adapterOfRow, (k) => thetas.subarray(k * layout.length, (k + 1) * layout.length)),
    ),
  }
}

/** The factors of one adapter for each row; the scale goes into B. */
function factorFeeds(layout: AdapterLayout, thetaOfRow: readonly Float32Array[]): Feeds {
  const feeds: Feeds = {}
  const count = thetaOfRow.length
  for (const module of layout.modules) {
    const name = `${module.layer}.${module.target}`
    const [sizeA, sizeB] = [module.in * module.rank, module.rank * module.out]
    const A = new Float32Array(count * sizeA)
    const B = new Float32Array(count * sizeB)
    for (const [i, theta] of thetaOfRow.entries()) {
      A.set(theta.subarray(module.A, module.A + sizeA), i * sizeA)
      B.set(theta.subarray(module.B, module.B + sizeB), i * sizeB)
    }
    if (module.scale !== 1) for (let j = 0; j < B.length; j++) B[j]! *= module.scale
    feeds[`lora_A.${name}`] = new Tensor('float32', A, [count, module.in, module.rank])
    feeds[`lora_B.${name}`] = new Tensor('float32', B, [count, module.rank, module.out])
  }
  return feeds
}

/** Gradient of each row in the order of theta, [rows, P]. That of B carries the scale that was folded into B. */
export function flattenGradients(
  layout: AdapterLayout,
  outputs: Readonly<Record<string, { data: Tensor['data'] }>>,
  count: number,
): Float32Array {
  const flat = new Float32Array(count * layout.length)
  for (const module of layout.modules) {
    for (const factor of ['A', 'B'] as const) {
      const size = module.rank * (factor === 'A' ? module.in : module.out)
      const data = outputs[`grad_${factor}.${module.layer}.${module.target}`]!.data as Float32Array
      const scale = factor === 'A' ? 1 : module.scale
      for (let i = 0; i < count; i++) {
        const at = i * layout.length + module[factor]
        flat.set(data.subarray(i * size, (i + 1) * size), at)
        if (scale !== 1) for (let j = at; j < at + size; j++) flat[j]! *= scale
      }
    }
  }
  return flat
}

/** [rows, length], 1 for real tokens. */
export function attentionMask(rows: readonly EncodedRow[], length: number): Tensor {
  const mask = new BigInt64Array(rows.length * length)
  for (const [i, row] of rows.entries()) mask.fill(1n, i * length, i * length + row.ids.length)
  return new Tensor('int64', mask, [rows.length, length])
}
