import type { Digest } from '../../../kernel/index.ts'
import type { Engine } from '../../../models/index.ts'
import { cpuSecondsSince } from './cpuSeconds.ts'

export type DecodeRequest = { promptIds: readonly number[]; adapter?: Digest }

// Fewer are not a measurement.
const leastTokens = 12

/**
 * Tokens a CPU-second of some requests in decoding together, and what they answer. Counted from the moment when the last
 * of them has its first token, so that no prompt is in it, to the moment when the first of them ends.
 */
export async function decodeRate(
  engine: Engine,
  requests: readonly DecodeRequest[],
  maxTokens: number,
): Promise<{ rate: number; ids: number[][] }> {
  let begun = 0
  let tokens = 0
  let start: NodeJS.CpuUsage | undefined
  let cpuSeconds: number | undefined
  const answers = await Promise.all(
    requests.map(async (request) => {
      let isFirst = true
      const onToken = (): void => {
        if (start && cpuSeconds === undefined) tokens++
        if (isFirst && ++begun === requests.length) start = process.cpuUsage()
        isFirst = false
      }
      const answer = await engine.generate({ ...request, maxTokens, onToken })
      if (start) cpuSeconds ??= cpuSecondsSince(start)
      return answer
    }),
  )
  if (cpuSeconds === undefined || tokens < leastTokens * requests.length)
    throw new Error(`only ${tokens} tokens were made by all requests together: choose other prompts for the bench`)
  return { rate: tokens / cpuSeconds, ids: answers.map(({ ids }) => ids) }
}
