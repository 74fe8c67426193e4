import { Tensor } from 'onnxruntime-node'
import { TributaryError } from '../../kernel/index.ts'
import { answerGraphs, gradGraph, prefixGraph } from '../graph/index.ts'
import type { AdapterLayout } from '../adapters/AdapterLayout.ts'
import type { EncodedRow } from '../train/EncodedRow.ts'
import { answerCalls } from './answerCalls.ts'
import type { AnswerBatch, GradientBatch, GradientCalls, GradientResult } from './gradientCalls.ts'
import { attentionMask, flattenGradients, gradientFeeds, stateFeeds } from './gradientFeeds.ts'
import { GraphSessions } from './GraphSessions.ts'
import { tokenLosses, type TokenLosses } from './tokenLosses.ts'

type Opened = GradientCalls['open']['input'] & { sessions: GraphSessions }

let opened: Opened | undefined

answerCalls<GradientCalls>({
  open: (input) => {
    opened = { ...input, sessions: new GraphSessions({ dir: input.dir, threads: input.threads }) }
    return null
  },
  prefix: ({ rows, to }) => prefix(ready(), rows, to),
  gradients: (batch) => gradients(ready(), batch),
  answer: (batch) => answer(ready(), batch),
})

function ready(): Opened {
  if (opened) return opened
  throw new TributaryError('The engine was asked before it was opened.', { code: 'models/engine-closed' })
}

/** Hidden states [rows, paddedLength, hidden] of rows of one padded length. */
async function prefix(
  { sessions, config, weights }: Opened,
  rows: readonly EncodedRow[],
  to: number,
): Promise<Float32Array> {
  const length = rows[0]!.paddedLength
  const ids = new BigInt64Array(rows.length * length)
  for (const [i, row] of rows.entries()) for (const [j, id] of row.ids.entries()) ids[i * length + j] = BigInt(id)
  const session = await sessions.get(`prefix ${to}`, () => prefixGraph(config, weights, to))
  const { hidden } = await session.run({
    input_ids: new Tensor('int64', ids, [rows.length, length]),
    attention_mask: attentionMask(rows, length),
  })
  const out = (hidden!.data as Float32Array).slice()
  hidden!.dispose()
  return out
}

async function gradients({ sessions, config, weights }: Opened, batch: GradientBatch): Promise<GradientResult> {
  const { layout } = batch
  const session = await sessions.get(`${batch.gradients ? 'gradients' : 'losses'} ${placesOf(layout)}`, () =>
    gradGraph(config, weights, { projections: layout.modules, hidden: true, gradients: batch.gradients }),
  )
  const outputs = await session.run(gradientFeeds(batch))
  const result = {
    losses: (outputs['loss']!.data as Float32Array).slice(),
    gradients: batch.gradients ? flattenGradients(layout, outputs, batch.sampleOfRow.length) : new Float32Array(0),
  }
  for (const tensor of Object.values(outputs)) tensor.dispose()
  return result
}

/** The states that predict the labels, some adapters at a time; then the losses, all adapters together. */
async function answer({ sessions, config, weights }: Opened, batch: AnswerBatch): Promise<TokenLosses> {
  const { layout, row, hidden, thetas, rowsAtOnce } = batch
  const graphs = answerGraphs(config, weights, layout.modules)
  const session = await sessions.get(`states ${placesOf(layout)}`, () => graphs.states)
  const adapters = thetas.length / layout.length
  const states: Float32Array[] = []
  for (let first = 0; first < adapters; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, adapters - first)
    const feeds = stateFeeds({
      layout,
      paddedLength: row.paddedLength,
      labelSlots: row.labelSlots,
      samples: [{ row, hidden }],
      sampleOfRow: new Int32Array(count),
      adapterOfRow: Int32Array.from({ length: count }, (_, i) => first + i),
      thetas,
    })
    const { states: found } = await session.run(feeds)
    const all = found!.data as Float32Array
    const size = all.length / count
    for (let i = 0; i < count; i++) states.push(all.slice(i * size, (i + 1) * size))
    found!.dispose()
  }
  const reference = await sessions.get('reference', () => graphs.reference)
  const changes = await sessions.get('changes', () => graphs.changes)
  return tokenLosses({ reference, changes }, { states, slots: row.labelSlots, labels: row.labels })
}

/** Ranks and scales are free in the graph: all layouts of the same projections share a session. */
function placesOf({ modules }: AdapterLayout): string {
  return modules.map(({ layer, target }) => `${layer}.${target}`).join()
}
