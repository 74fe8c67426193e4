import { Tensor } from 'onnxruntime-node'
import { TributaryError } from '../../kernel/index.ts'
import { gradGraph, prefixGraph } from '../graph/index.ts'
import type { EncodedRow } from '../train/EncodedRow.ts'
import { answerCalls } from './answerCalls.ts'
import type { GradientBatch, GradientCalls, GradientResult } from './gradientCalls.ts'
import { attentionMask, flattenGradients, gradientFeeds } from './gradientFeeds.ts'
import { GraphSessions } from './GraphSessions.ts'

type Opened = GradientCalls['open']['input'] & { sessions: GraphSessions }

let opened: Opened | undefined

answerCalls<GradientCalls>({
  open: (input) => {
    opened = { ...input, sessions: new GraphSessions({ dir: input.dir, threads: input.threads }) }
    return null
  },
  prefix: ({ rows, to }) => prefix(ready(), rows, to),
  gradients: (batch) => gradients(ready(), batch),
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
  // Ranks and scales are free in the graph: all layouts of the same projections share a session.
  const places = layout.modules.map(({ layer, target }) => `${layer}.${target}`).join()
  const session = await sessions.get(`${batch.gradients ? 'gradients' : 'losses'} ${places}`, () =>
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
