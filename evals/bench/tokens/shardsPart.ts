import { join } from 'node:path'
import { seededUniform } from '../../../models/index.ts'
import type { Row } from '../../renderTable.ts'
import { makeOutputs } from '../../tokens/makeOutputs.ts'
import { timeIndex, timeSpans } from './timeIndex.ts'
import type { TokensContext } from './TokensContext.ts'

/** The same documents in 8 shards or more: the same answers, and what they cost. */
export async function shardsPart({ corpus, work, seed }: TokensContext): Promise<Row[]> {
  const { documents, tokens } = corpus
  const outputs = makeOutputs(corpus, { count: 1_000, length: 256, random: seededUniform(`tokens ${seed}`) })
  const one = await timeIndex({ dir: join(work, 'one'), documents })
  const eighth = Math.ceil((tokens + documents.length) / 8)
  const many = await timeIndex({ dir: join(work, 'many'), documents, memoryBytes: 32 * eighth })
  const differing = outputs.filter((output) => {
    const told = (index: typeof one.index) =>
      index.spans(output, { maxPlaces: 0, maxLooked: 500 }).map(({ start, end, count, clusters }) => {
        return [start, end, count, clusters]
      })
    return JSON.stringify(told(one.index)) !== JSON.stringify(told(many.index))
  })
  if (differing.length > 0) process.exitCode = 1
  const times = timeSpans(many.index, outputs)
  return [
    {
      figure: '8 shards or more: answers that differ from those of one shard',
      value: differing.length,
      unit: 'of 1,000',
      goal: '0',
      met: differing.length === 0,
    },
    { figure: '8 shards or more: p50', value: times.p50, unit: 'ms' },
    { figure: '8 shards or more: p99', value: times.p99, unit: 'ms' },
  ]
}
