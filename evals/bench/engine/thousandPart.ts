import { digestText, type Digest } from '../../../kernel/index.ts'
import { createEngine, defaultLayout, type Engine } from '../../../models/index.ts'
import type { Row } from '../../renderTable.ts'
import type { BenchContext } from './BenchContext.ts'
import { benchAdapter } from './benchAdapters.ts'
import { passages } from './benchText.ts'
import { cpuSecondsOf } from './cpuSeconds.ts'
import { interleaved } from './interleaved.ts'
import { judged } from './judged.ts'
import { median } from './median.ts'
import { zipfDraws } from './zipfDraws.ts'

const registered = 1_000
const resident = 64
const requests = 64
const tokens = 32
const rounds = 2
const unit = 'tokens a CPU-s'

/**
 * 64 requests, 8 at a time, of 32 tokens each after prompts of 16, prompts counted: for adapters drawn by Zipf's law from
 * 1,000 registered ones of which 64 fit into memory, against the same requests for one adapter. And what a request for an
 * adapter that is not in memory waits longer for its first token than one for an adapter that is.
 */
export async function thousandPart(context: BenchContext): Promise<Row[]> {
  const { base, seed, say } = context
  const layout = defaultLayout(base)
  const engine = await createEngine({ base, threads: 1, layout, adapterBytes: resident * 4 * layout.length })
  say(`${registered} adapters`)
  const digests = Array.from({ length: registered }, (_, k) => digestText(`bench adapter ${k}`))
  for (const [k, digest] of digests.entries()) await engine.addAdapter(digest, benchAdapter(layout, k))
  const prompts = passages(base, requests, 16)
  const draws = zipfDraws(registered, requests, seed).map((k) => digests[k]!)
  say(`requests for adapters by Zipf's law, ${rounds} rounds in turns`)
  const found = await interleaved(rounds, {
    many: () => trafficRate(engine, prompts, draws),
    single: () =>
      trafficRate(
        engine,
        prompts,
        draws.map(() => digests[0]!),
      ),
  })
  const waitMs = await coldWaitMs(engine, digests, prompts)
  await engine.close()
  return [
    judged(
      {
        figure: '1,000 registered adapters, Zipf traffic, 64 resident, over one adapter',
        value: found.many,
        unit,
        peer: 'one adapter',
        peerValue: found.single,
      },
      { of: 'ratio', least: 0.85 },
    ),
    judged({ figure: 'cold adapter to first token, added', value: waitMs, unit: 'ms' }, { of: 'value', most: 150 }),
  ]
}

/** Tokens a CPU-second over all requests, 8 of them open at any time. */
async function trafficRate(engine: Engine, prompts: number[][], adapters: Digest[]): Promise<number> {
  let next = 0
  let made = 0
  const client = async (): Promise<void> => {
    while (next < adapters.length) {
      const i = next++
      const answer = await engine.generate({ promptIds: prompts[i]!, adapter: adapters[i]!, maxTokens: tokens })
      made += answer.ids.length
    }
  }
  const seconds = await cpuSecondsOf(() => Promise.all(Array.from({ length: 8 }, client)))
  return made / seconds
}

/** Median over 9 pairs: an adapter not asked for before, or long ago, then the same one again with another prompt. */
async function coldWaitMs(engine: Engine, digests: Digest[], prompts: number[][]): Promise<number> {
  const waitMs = async (adapter: Digest, promptIds: number[]): Promise<number> => {
    const start = performance.now()
    await engine.generate({ promptIds, adapter, maxTokens: 1 })
    return performance.now() - start
  }
  // The last of 1,000 are hardly ever drawn; 64 others in between put out whatever was.
  for (const adapter of digests.slice(500, 564)) await waitMs(adapter, prompts[0]!)
  const added: number[] = []
  for (const adapter of digests.slice(-9)) {
    const cold = await waitMs(adapter, prompts[1]!)
    added.push(cold - (await waitMs(adapter, prompts[2]!)))
  }
  return median(added)
}
