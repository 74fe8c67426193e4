import { Tensor, type InferenceSession } from 'onnxruntime-node'
import { TributaryError } from '../../kernel/index.ts'
import { stackAdapters } from '../adapters/stackAdapters.ts'
import { openGraph } from '../graph/index.ts'
import type { EncodedRow } from '../train/EncodedRow.ts'
import { answerCalls } from './answerCalls.ts'
import type { GradientBatch, GradientCalls, GradientResult } from './gradientCalls.ts'

type Opened = GradientCalls['open']['input']
type Sessions = Opened & { session: (kind: 'prefix' | 'gradient') => Promise<InferenceSession> }

let opened: Sessions | undefined

answerCalls<GradientCalls>({
  open: (input) => {
    const sessions = new Map<string, Promise<InferenceSession>>()
    // Opened when first needed: each keeps its own packed copy of the weights.
    const session = (kind: 'prefix' | 'gradient'): Promise<InferenceSession> => {
      const known = sessions.get(kind) ?? openGraph(input[kind], { dir: input.dir, threads: input.threads })
      sessions.set(kind, known)
      return known
    }
    opened = { ...input, session }
    return null
  },
  prefix: ({ rows }) => prefix(ready(), rows),
  gradients: (batch) => gradients(ready(), batch),
})

function ready(): Sessions {
  if (opened) return opened
  throw new TributaryError('The engine was asked before it was opened.', { code: 'models/engine-closed' })
}

/** Hidden states [rows, paddedLength, hidden] of rows of one padded length. */
async function prefix({ session, hiddenSize }: Sessions, rows: readonly EncodedRow[]): Promise<Float32Array> {
  const length = rows[0]!.paddedLength
  const ids = new BigInt64Array(rows.length * length)
  for (const [i, row] of rows.entries()) for (const [j, id] of row.ids.entries()) ids[i * length + j] = BigInt(id)
  const { hidden } = await (
    await session('prefix')
  ).run({
    input_ids: new Tensor('int64', ids, [rows.length, length]),
    attention_mask: attentionMask(rows, length),
  })
  const out = (hidden!.data as Float32Array).slice()
  hidden!.dispose()
  if (out.length !== rows.length * length * hiddenSize) throw new Error(`prefix gave ${out.length} numbers`)
  return out
}

async function gradients(sessions: Sessions, batch: GradientBatch): Promise<GradientResult> {
  const { layout, hiddenSize } = sessions
  const { paddedLength: length, labelSlots: slots, samples, sampleOfRow, adapterOfRow } = batch
  const count = sampleOfRow.length
  const rows = Array.from(sampleOfRow, (sample) => samples[sample]!)
  const hidden = new Float32Array(count * length * hiddenSize)
  const positions = new BigInt64Array(count * slots)
  const labels = new BigInt64Array(count * slots)
  const weights = new Float32Array(count * slots)
  for (const [i, { row, hidden: state }] of rows.entries()) {
    hidden.set(state, i * length * hiddenSize)
    const first = row.ids.length - row.labels.length
    for (const [j, label] of row.labels.entries()) {
      positions[i * slots + j] = BigInt(first + j)
      labels[i * slots + j] = BigInt(label)
      weights[i * slots + j] = 1 / row.labels.length
    }
  }
  const adapters = batch.thetas.length / layout.length
  const thetas = Array.from({ length: adapters }, (_, k) =>
    batch.thetas.subarray(k * layout.length, (k + 1) * layout.length),
  )
  const outputs = await (
    await sessions.session('gradient')
  ).run({
    hidden: new Tensor('float32', hidden, [count, length, hiddenSize]),
    attention_mask: attentionMask(
      rows.map(({ row }) => row),
      length,
    ),
    target_pos: new Tensor('int64', positions, [count, slots]),
    target_ids: new Tensor('int64', labels, [count, slots]),
    target_weight: new Tensor('float32', weights, [count, slots]),
    adapter_idx: new Tensor('int64', BigInt64Array.from(adapterOfRow, BigInt), [count]),
    ...stackAdapters(layout, thetas),
  })
  const result = {
    losses: (outputs['loss']!.data as Float32Array).slice(),
    gradients: flatten(sessions, outputs, count),
  }
  for (const tensor of Object.values(outputs)) tensor.dispose()
  return result
}

/** Gradient of each row in the order of theta. d / d theta of B carries the scale that was folded into B. */
function flatten({ layout }: Sessions, outputs: InferenceSession.ReturnType, count: number): Float32Array {
  const flat = new Float32Array(count * layout.length)
  for (const module of layout.modules) {
    for (const factor of ['A', 'B'] as const) {
      const { data, dims } = outputs[`grad_${factor}.${module.target}`]!
      const length = dims[2]! * dims[3]!
      const scale = factor === 'A' ? 1 : module.scale
      for (let i = 0; i < count; i++) {
        const from = (i * dims[1]! + module.layer - layout.fromLayer) * length
        const to = i * layout.length + module[factor]
        for (let j = 0; j < length; j++) flat[to + j] = scale * (data as Float32Array)[from + j]!
      }
    }
  }
  return flat
}

function attentionMask(rows: readonly EncodedRow[], length: number): Tensor {
  const mask = new BigInt64Array(rows.length * length)
  for (const [i, row] of rows.entries()) mask.fill(1n, i * length, i * length + row.ids.length)
  return new Tensor('int64', mask, [rows.length, length])
}
