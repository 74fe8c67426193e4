import { createEngine } from '../../../models/index.ts'
import type { Row } from '../../renderTable.ts'
import type { BenchContext } from './BenchContext.ts'
import { passages } from './benchText.ts'
import { decodeRate } from './decodeRate.ts'
import { interleaved } from './interleaved.ts'
import { judged } from './judged.ts'

const rounds = 3
const unit = 'tokens a CPU-s'

/**
 * Decoding in float32 around the 2,000th token against around the 100th, for one request and for 8 of them. While the
 * prompts of 8 long ones are read, those that came first go on, hence their many tokens; what is counted lies after that.
 * The prompts of later rounds are found in the prefix cache.
 */
export async function contextPart({ base, say }: BenchContext): Promise<Row[]> {
  const engine = await createEngine({ base, threads: 1, contextTokens: 2_048, prefixBytes: 2 ** 30 })
  const rate = (count: number, promptTokens: number, tokens: number) => async (): Promise<number> => {
    const requests = passages(base, count, promptTokens).map((promptIds) => ({ promptIds }))
    return (await decodeRate(engine, requests, tokens)).rate
  }
  say(`context of 2,000 and of 100, ${rounds} rounds in turns: minutes`)
  const single = await interleaved(rounds, { long: rate(1, 1_984, 32), short: rate(1, 84, 32) })
  const eight = await interleaved(rounds, { long: rate(8, 1_900, 140), short: rate(8, 84, 32) })
  await engine.close()
  const row = (batch: number, { long, short }: typeof single, least: number): Row =>
    judged(
      {
        figure: `decode at context 2,000 over context 100, b=${batch}`,
        value: long,
        unit,
        peer: 'at context 100',
        peerValue: short,
      },
      { of: 'ratio', least },
    )
  return [row(1, single, 0.5), row(8, eight, 0.2)]
}
