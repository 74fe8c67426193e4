import { counterfactualLinear, hessianFree, residentRows } from '../../../attribution/index.ts'
import { digestText } from '../../../kernel/index.ts'
import { createEngine } from '../../../models/index.ts'
import type { Row } from '../../renderTable.ts'
import type { BenchContext } from '../engine/BenchContext.ts'
import { passages } from '../engine/benchText.ts'
import { cpuSecondsOf } from '../engine/cpuSeconds.ts'
import { interleaved } from '../engine/interleaved.ts'
import { judged } from '../engine/judged.ts'
import { median } from '../engine/median.ts'
import { pythonPeer } from '../engine/peers.ts'
import { attributionAdapters, groups } from './attributionAdapters.ts'

const labels = 32
const samples = 256
const rounds = 5
const repeats = 301

/**
 * The scores that an answer gets at once. After its gradient: 64 dot products with the counterfactual adapters, whose
 * numbers are kept (milliseconds of the clock, median), against the product of a matrix with a vector in PyTorch, float32.
 * From end to end: the frozen blocks over prompt and answer, the gradient, the scores of groups and of 256 samples.
 */
export async function receiptPart(context: BenchContext): Promise<Row[]> {
  const { base, say } = context
  const { layout, theta, thetasWithout } = attributionAdapters(base)
  const group = counterfactualLinear({ theta, thetasWithout })
  const influence = residentRows(samples, layout.length)
  influence.rows.set(thetasWithout[0]!, 5 * layout.length)
  const sample = hessianFree({ influence, samples })
  const engine = await createEngine({ base, threads: 1, layout })
  const adapter = digestText('the adapter that answers')
  await engine.addAdapter(adapter, { layout, theta })
  const [gradient] = thetasWithout
  say(`dot products, ${repeats} times in turns`)
  const torch = await pythonPeer(context, 'score', [])
  const clock = async () => {
    const times: number[] = []
    for (let i = 0; i < repeats; i++) {
      const start = performance.now()
      await group.score({ gradient: gradient! })
      times.push(performance.now() - start)
    }
    return median(times)
  }
  const dots = await interleaved(rounds, {
    ours: clock,
    torch: async () =>
      (await torch.ask<{ milliseconds: number }>({ rows: groups, parameters: layout.length, repeats })).milliseconds,
  })
  torch.close()
  const rows: Row[] = [
    judged(
      {
        figure: `receipt score after gradient, K = ${groups}, last 4 blocks (ms, p50)`,
        value: dots.ours,
        unit: 'ms',
        peer: 'torch, float32',
        peerValue: dots.torch,
      },
      { of: 'value', most: 1 },
    ),
  ]
  for (const tokens of [48, 64, 128]) {
    const [ids] = passages(base, 1, tokens)
    const [promptIds, answerIds] = [ids!.slice(0, tokens - labels), ids!.slice(tokens - labels)]
    say(`receipt from end to end, ${tokens} tokens, ${rounds} rounds`)
    const found = await interleaved(rounds, {
      receipt: () =>
        cpuSecondsOf(async () => {
          const query = await engine.answerGradient({ promptIds, answerIds, adapter })
          await group.score(query)
          await sample.score(query)
        }),
    })
    const figure = `receipt end to end, ${labels} label positions; ${tokens} tokens of prompt and answer`
    rows.push(judged({ figure, value: found.receipt, unit: 'CPU-s' }, { of: 'value', most: 0.15 }))
  }
  await engine.close()
  return rows
}
