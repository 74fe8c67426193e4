import { createEngine, encodeRow } from '../../../models/index.ts'
import type { Row } from '../../renderTable.ts'
import type { BenchContext } from '../engine/BenchContext.ts'
import { passages } from '../engine/benchText.ts'
import { cpuSecondsOf } from '../engine/cpuSeconds.ts'
import { interleaved } from '../engine/interleaved.ts'
import { judged } from '../engine/judged.ts'
import { attributionAdapters, groups } from './attributionAdapters.ts'

const labels = 32
const rounds = 3
const few = 16

/**
 * The forward form of one answer of 32 tokens: its prefix once, then the adapter and 64 that were trained without a payee
 * group; and what a payee more costs, from 16 to 64. The peer is each adapter's row with the whole vocabulary (rowLosses).
 */
export async function forwardPart({ base, say }: BenchContext): Promise<Row[]> {
  const { layout, theta, thetasWithout } = attributionAdapters(base)
  const engine = await createEngine({ base, threads: 1, layout })
  const rows: Row[] = []
  for (const tokens of [64, 112, 128]) {
    const [ids] = passages(base, 1, tokens)
    const [promptIds, answerIds] = [ids!.slice(0, tokens - labels), ids!.slice(tokens - labels)]
    const forward = (count: number) => () =>
      cpuSecondsOf(() =>
        engine.answerLosses({ promptIds, answerIds, thetas: [theta, ...thetasWithout.slice(0, count)], layout }),
      )
    const whole = () =>
      cpuSecondsOf(async () => {
        const row = encodeRow(promptIds, answerIds)
        const [hidden] = await engine.prefixStates([row], layout)
        const thetas = [theta, ...thetasWithout]
        await engine.rowLosses(
          thetas.map((_, adapter) => ({ row, hidden: hidden!, adapter })),
          thetas,
          layout,
        )
      })
    say(`forward form, ${tokens} tokens, ${rounds} rounds in turns`)
    const found = await interleaved(rounds, { all: forward(groups), few: forward(few), whole })
    const of = `${tokens} tokens of prompt and answer`
    rows.push(
      judged(
        {
          figure: `forward form, K = ${groups}, ${labels} label positions, last 4 blocks, shared prefix; ${of}`,
          value: found.all,
          unit: 'CPU-s per answer',
          peer: 'the whole vocabulary for each adapter',
          peerValue: found.whole,
        },
        { of: 'value', most: 1.5 },
      ),
      judged(
        {
          figure: `forward form, each payee more; ${of}`,
          value: (found.all - found.few) / (groups - few),
          unit: 'CPU-s',
        },
        { of: 'value', most: 0.03 },
      ),
    )
  }
  await engine.close()
  return rows
}
