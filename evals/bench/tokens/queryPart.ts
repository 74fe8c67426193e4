import { join } from 'node:path'
import { seededUniform } from '../../../models/index.ts'
import { Peer } from '../../peers/Peer.ts'
import type { Row } from '../../renderTable.ts'
import { buildInfiniGram } from '../../tokens/buildInfiniGram.ts'
import { makeOutputs } from '../../tokens/makeOutputs.ts'
import type { PeerAnswer } from '../../tokens/PeerAnswer.ts'
import { judged } from '../engine/judged.ts'
import { percentiles, timeIndex, timeSpans } from './timeIndex.ts'
import type { TokensContext } from './TokensContext.ts'

/** infini-gram with what may make it faster; the best p50 of a few outputs is its own. */
const settings = {
  'as it comes': {},
  'in memory': { load_to_ram: true },
  'in memory, no prefetch': { load_to_ram: true, ds_prefetch_depth: 0, sa_prefetch_depth: 0, od_prefetch_depth: 0 },
  'mapped, no prefetch': { ds_prefetch_depth: 0, sa_prefetch_depth: 0, od_prefetch_depth: 0 },
  'in memory, no prefetch, blocks of 2 threads': {
    load_to_ram: true,
    ds_prefetch_depth: 0,
    sa_prefetch_depth: 0,
    od_prefetch_depth: 0,
    attribution_block_size: 2,
  },
}

/** Outputs that infini-gram is asked, of the 2,000. */
const peerOutputs = 300

type Times = { p50: number; p99: number }

/** Both variants and infini-gram over the same documents, asked the same outputs. */
export async function queryPart({ corpus, python, work, seed, say, noteVersions }: TokensContext): Promise<Row[]> {
  const outputs = makeOutputs(corpus, { count: 2_000, length: 256, random: seededUniform(`tokens ${seed}`) })
  const { documents } = corpus
  say('building with infini-gram')
  const theirs = await buildInfiniGram(python, join(work, 'infini-gram'), documents)
  say('building ours')
  const plain = await timeIndex({ dir: join(work, 'plain'), documents })
  const compressed = await timeIndex({ dir: join(work, 'compressed'), documents, variant: 'compressed' })
  const peer = await Peer.start({ name: 'infini-gram', command: python, args: [peerProgram] })
  try {
    noteVersions({ ...peer.versions })
    const ask = async (options: object, some: readonly number[][], unmeasured = 0): Promise<Times> => {
      await peer.ask({ open: theirs.dir, dtype: 'u16', vocabulary: 65_535, options })
      const times: number[] = []
      for (const ids of some) times.push((await peer.ask<PeerAnswer>({ ids, most: 0 })).ms)
      return percentiles(times.slice(unmeasured))
    }
    let best = { name: '', p50: Infinity, options: {} }
    for (const [name, options] of Object.entries(settings)) {
      const { p50 } = await ask(options, outputs.slice(0, 40))
      say(`infini-gram ${name}: ${p50.toFixed(1)} ms`)
      if (p50 < best.p50) best = { name, p50, options }
    }
    // Both sides are asked everything once before the clock runs.
    const peerTimes = await ask(
      best.options,
      [...outputs.slice(0, peerOutputs), ...outputs.slice(0, peerOutputs)],
      peerOutputs,
    )
    const times = timeSpans(plain.index, outputs)
    const peerName = `infini-gram, ${best.name}; both warm: asked everything once before`
    const smallTimes = timeSpans(compressed.index, outputs)
    const theirBytes = theirs.bytes / corpus.tokens
    return [
      judged(
        { figure: 'tokens p50 ms', value: times.p50, unit: 'ms', peer: peerName, peerValue: peerTimes.p50 },
        { of: 'value', most: 0.5 },
      ),
      judged(
        { figure: 'tokens p99 ms', value: times.p99, unit: 'ms', peer: peerName, peerValue: peerTimes.p99 },
        { of: 'value', most: 5 },
      ),
      judged(
        { figure: 'tokens speed over infini-gram', value: peerTimes.p50 / times.p50, unit: 'x of its p50' },
        { of: 'value', least: 100 },
      ),
      judged(
        {
          figure: 'tokens bytes per token',
          value: plain.bytesPerToken,
          unit: 'bytes',
          peer: 'infini-gram, without owners',
          peerValue: theirBytes,
        },
        { of: 'value', most: 5 },
      ),
      { figure: 'tokens bytes per token in memory', value: plain.memoryPerToken, unit: 'bytes' },
      judged(
        {
          figure: 'tokens build',
          value: plain.buildSeconds,
          unit: 's',
          peer: 'infini-gram',
          peerValue: theirs.seconds,
        },
        { of: 'ratio', most: 1 },
      ),
      judged({ figure: 'compressed p50 ms', value: smallTimes.p50, unit: 'ms' }, { of: 'value', most: 5 }),
      { figure: 'compressed p99 ms', value: smallTimes.p99, unit: 'ms' },
      judged(
        { figure: 'compressed bytes per token', value: compressed.bytesPerToken, unit: 'bytes' },
        { of: 'value', most: 2.5 },
      ),
      { figure: 'compressed build', value: compressed.buildSeconds, unit: 's' },
      { figure: 'tokens in the index', value: corpus.tokens, unit: 'tokens' },
      { figure: 'real text in the index', value: corpus.bytes / 1e6, unit: 'MB' },
    ]
  } finally {
    peer.close()
  }
}

const peerProgram = join(import.meta.dirname, '../../peers/infinigram/attribute.py')
