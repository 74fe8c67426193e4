import {
  adapterLayout,
  createEngine,
  encodeRow,
  initialAdapter,
  type AdapterLayout,
  type Engine,
} from '../../../models/index.ts'
import type { Row } from '../../renderTable.ts'
import type { BenchContext } from './BenchContext.ts'
import { fullLayout } from './benchAdapters.ts'
import { passages } from './benchText.ts'
import { cpuSecondsOf } from './cpuSeconds.ts'
import { interleaved } from './interleaved.ts'
import { judged } from './judged.ts'
import { pythonPeer } from './peers.ts'

const together = 4
const rounds = 5
const unit = 'CPU-s a sample'

/**
 * Forward and backward pass of 4 samples of 128 tokens, LoRA of rank 8 on q and v: of every block, each position but the
 * first a label, against PyTorch; and of the last 4 blocks with the state of the others cached.
 */
export async function trainPart(context: BenchContext): Promise<Row[]> {
  const { base, say } = context
  const texts = passages(base, together, 129)
  const full = fullLayout(context)
  const last = adapterLayout(base.config, {
    rank: 8,
    targets: ['q_proj', 'v_proj'],
    fromLayer: Math.max(0, base.config.num_hidden_layers - 4),
  })
  const engine = await createEngine({ base, threads: 1, layout: full })
  say('PyTorch and PEFT start')
  const [eager, peft] = await Promise.all([
    pythonPeer(context, 'train', ['eager']),
    pythonPeer(context, 'train', ['peft']),
  ])
  // They predict all but the first token of their input: 127 labels, as ours.
  const rows = texts.map((ids) => ids.slice(0, 128))
  type Passed = { cpuSeconds: number; samples: number }
  const theirs = (peer: typeof eager) => async (): Promise<number> => {
    const { cpuSeconds, samples } = await peer.ask<Passed>({ rows, repeats: 1 })
    return cpuSeconds / samples
  }
  say(`training, ${rounds} rounds in turns`)
  const found = await interleaved(rounds, {
    ours: await gradientsOf(engine, full, texts, 127),
    eager: theirs(eager),
    peft: theirs(peft),
    labels32: await gradientsOf(engine, last, texts, 32),
    labels127: await gradientsOf(engine, last, texts, 127),
  })
  eager.close()
  peft.close()
  await engine.close()
  const figure = 'training, per 128-token sample, all 30 layers q,v'.replace(
    '30',
    String(base.config.num_hidden_layers),
  )
  const cached = 'training on the last 4 blocks, cached prefix'
  return [
    judged(
      { figure, value: found.ours, unit, peer: 'torch, eager attention', peerValue: found.eager },
      { of: 'value', most: 0.4 },
    ),
    judged({ figure, value: found.ours, unit, peer: 'PEFT', peerValue: found.peft }, { of: 'value', most: 0.4 }),
    judged({ figure: `${cached}, 32 label positions`, value: found.labels32, unit }, { of: 'value', most: 0.07 }),
    judged({ figure: `${cached}, 127 label positions`, value: found.labels127, unit }, { of: 'value', most: 0.12 }),
  ]
}

/** Seconds a row of one micro-batch whose frozen states are cached. */
async function gradientsOf(
  engine: Engine,
  layout: AdapterLayout,
  texts: readonly number[][],
  labels: number,
): Promise<() => Promise<number>> {
  const rows = texts.map((ids) => encodeRow(ids.slice(0, 128 - labels), ids.slice(128 - labels, 128)))
  const hidden = await engine.prefixStates(rows, layout)
  const batch = rows.map((row, i) => ({ row, hidden: hidden[i]!, adapter: 0 }))
  const { theta } = initialAdapter(layout, 1)
  return async () => (await cpuSecondsOf(() => engine.rowGradients(batch, [theta], layout))) / rows.length
}
