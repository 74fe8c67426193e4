import { createEngine, type Engine, type EngineMode } from '../../../models/index.ts'
import type { Row } from '../../renderTable.ts'
import type { BenchContext } from './BenchContext.ts'
import { fullLayout, writtenAdapters } from './benchAdapters.ts'
import { passages } from './benchText.ts'
import { decodeRate, type DecodeRequest } from './decodeRate.ts'
import { interleaved } from './interleaved.ts'
import { judged } from './judged.ts'
import { pythonPeer } from './peers.ts'

const together = 8
const tokens = 40
const rounds = 5
const unit = 'tokens a CPU-s'

/**
 * 8 requests together, greedy, 40 tokens after prompts of 16, adapters of rank 8 on q and v of every block: 8 different
 * ones in float32 and int4 against PEFT with mixed adapter_names; one for all; none.
 */
export async function decodePart(context: BenchContext): Promise<Row[]> {
  const { base, hasInt4, say } = context
  const written = await writtenAdapters(context, together)
  const prompts = passages(base, together, 16)
  const open = async (mode: EngineMode): Promise<Engine> => {
    const engine = await createEngine({ base, mode, threads: 1, layout: fullLayout(context) })
    for (const { digest, adapter } of written) await engine.addAdapter(digest, adapter)
    return engine
  }
  const engines = {
    fp32: await open('fp32'),
    ...(hasInt4 ? { int4: await open('int4'), int4a16: await open('int4a16') } : {}),
  }
  say('PEFT starts')
  const peft = await pythonPeer(
    context,
    'decode',
    written.map(({ dir }) => dir),
  )
  const mixed = prompts.map((promptIds, i) => ({ promptIds, adapter: written[i]!.digest }))
  const single = prompts.map((promptIds) => ({ promptIds, adapter: written[0]!.digest }))
  const plain = prompts.map((promptIds) => ({ promptIds }))
  const ours = (engine: Engine, requests: DecodeRequest[]) => async (): Promise<number> =>
    (await decodeRate(engine, requests, tokens)).rate
  const peerRate = async (): Promise<PeerDecoding> =>
    peft.ask<PeerDecoding>({ prompts, adapters: prompts.map((_, i) => i), tokens })

  say(`decoding, ${rounds} rounds in turns`)
  const found = await interleaved(rounds, {
    fp32: ours(engines.fp32, mixed),
    peft: async () => rateOf(await peerRate()),
    single: ours(engines.fp32, single),
    plain: ours(engines.fp32, plain),
    int4: engines.int4 ? ours(engines.int4, mixed) : async () => 0,
    int4a16: engines.int4a16 ? ours(engines.int4a16, mixed) : async () => 0,
  })
  const same = sharedStart((await decodeRate(engines.fp32, mixed, tokens)).ids, (await peerRate()).ids)
  peft.close()
  for (const engine of Object.values(engines)) await engine.close()
  const peer = { peer: 'PEFT mixed adapter_names', peerValue: found.peft }
  const packed = (['int4', 'int4a16'] as const).map((mode) =>
    judged(
      { figure: `decode, 8 requests, 8 adapters, ${mode}`, value: found[mode], unit, ...peer },
      { of: 'ratio', least: 3.3 },
    ),
  )
  return [
    judged(
      { figure: 'decode, 8 requests, 8 adapters, fp32', value: found.fp32, unit, ...peer },
      { of: 'ratio', least: 2.3 },
    ),
    judged({ figure: 'the same tokens as PEFT, from the first on', value: same, unit: 'of all' }),
    ...(hasInt4 ? packed : []),
    judged(
      {
        figure: '8 different adapters over one adapter, b=8',
        value: found.fp32,
        unit,
        ...onePeer('one adapter', found.single),
      },
      { of: 'ratio', least: 0.98 },
    ),
    judged(
      { figure: 'LoRA over base, b=8, q,v', value: found.single, unit, ...onePeer('base, no adapter', found.plain) },
      { of: 'ratio', least: 0.909, note: 'cost <= 10 %' },
    ),
  ]
}

type PeerDecoding = { ids: number[][]; tokens: number; cpuSeconds: number }

const rateOf = ({ tokens, cpuSeconds }: PeerDecoding): number => tokens / cpuSeconds

const onePeer = (peer: string, peerValue: number): { peer: string; peerValue: number } => ({ peer, peerValue })

/** How much of each answer's start both have, over all answers: after one other token, all may differ. */
function sharedStart(ours: number[][], theirs: number[][]): number {
  let same = 0
  for (const [i, ids] of ours.entries()) {
    const first = ids.findIndex((id, j) => id !== theirs[i]![j])
    same += first < 0 ? 1 : first / ids.length
  }
  return same / ours.length
}
