import { createEngine } from '../../../models/index.ts'
import type { Row } from '../../renderTable.ts'
import type { BenchContext } from './BenchContext.ts'
import { passages } from './benchText.ts'
import { decodeRate } from './decodeRate.ts'
import { interleaved } from './interleaved.ts'
import { judged } from './judged.ts'
import { llamaPeer } from './peers.ts'

const tokens = 72
const rounds = 5
const unit = 'tokens a CPU-s'

/** One request of the base model, greedy, 72 tokens after a prompt of 16, against llama.cpp on the same file. */
export async function singlePart(context: BenchContext): Promise<Row[]> {
  const { base, hasInt4, say } = context
  const [promptIds] = passages(base, 1, 16) as [number[]]
  const mode = hasInt4 ? 'int4' : 'fp32'
  const engine = await createEngine({ base, mode, threads: 1, adapters: false })
  const llama = await llamaPeer(context)
  say(`one request, ${mode}, ${rounds} rounds in turns`)
  const found = await interleaved(rounds, {
    ours: async () => (await decodeRate(engine, [{ promptIds }], tokens)).rate,
    llama: async () => {
      const answer = await llama?.ask<{ tokens: number; cpuSeconds: number }>({ prompt: promptIds, tokens })
      return answer ? answer.tokens / answer.cpuSeconds : 0
    },
  })
  llama?.close()
  await engine.close()
  const row = { figure: `decode, one request, ${mode}`, value: found.ours, unit }
  if (!llama) return [row]
  return [judged({ ...row, peer: 'node-llama-cpp, same file', peerValue: found.llama }, { of: 'ratio', least: 0.9 })]
}
