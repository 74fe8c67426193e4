import { join } from 'node:path'
import type { TextDocument } from '../../../attribution/index.ts'
import { digestText } from '../../../kernel/index.ts'
import { seededUniform } from '../../../models/index.ts'
import type { Row } from '../../renderTable.ts'
import { makeOutputs } from '../../tokens/makeOutputs.ts'
import type { Corpus } from '../../tokens/readCorpus.ts'
import { timeIndex, timeSpans } from './timeIndex.ts'
import type { TokensContext } from './TokensContext.ts'

const megabytes = [1, 10, 100]
/** Enough for one shard of everything. */
const much = 2 ** 31

/**
 * The time of a query while the text grows a hundredfold. There are about 22 MB of real text: the 100 MB are those, and
 * documents composed of halves of two of them, the cut at a random place, so that long passages repeat about four times.
 * The same outputs at every size, one shard each; the 100 MB also in as many as they
 * get where nothing is said.
 */
export async function scalePart({ corpus, work, seed, say }: TokensContext): Promise<Row[]> {
  const outputs = makeOutputs(corpus, { count: 1_000, length: 256, random: seededUniform(`tokens ${seed}`) })
  const rows: Row[] = []
  for (const size of megabytes) {
    say(`${size} MB`)
    const documents = documentsOf(corpus, size * 1e6, seededUniform(`scale ${seed}`))
    const isComposed = size * 1e6 > corpus.bytes
    for (const memoryBytes of isComposed ? [much, undefined] : [much]) {
      const dir = join(work, `scale-${size}-${memoryBytes}`)
      const timed = await timeIndex({ dir, documents, ...(memoryBytes === undefined ? {} : { memoryBytes }) })
      const { p50, p99 } = timeSpans(timed.index, outputs)
      const shards = timed.shards === 1 ? '' : `, ${timed.shards} shards as by default`
      const of = `${size} MB of text${isComposed ? ', composed' : ''}${shards}`
      rows.push(
        { figure: `${of}: p50`, value: p50, unit: 'ms' },
        { figure: `${of}: p99`, value: p99, unit: 'ms' },
        { figure: `${of}: tokens`, value: timed.index.symbols, unit: 'tokens' },
        { figure: `${of}: bytes per token`, value: timed.bytesPerToken, unit: 'bytes' },
        { figure: `${of}: build`, value: timed.buildSeconds, unit: 's' },
      )
    }
  }
  return rows
}

function documentsOf({ documents, bytes, tokens }: Corpus, wantedBytes: number, random: () => number): TextDocument[] {
  const wanted = Math.round((wantedBytes * tokens) / bytes)
  const found: TextDocument[] = []
  let length = 0
  const one = (): TextDocument => documents[Math.floor(random() * documents.length)]!
  if (wanted >= tokens) {
    found.push(...documents)
    length = tokens
  }
  for (let i = 0; length < wanted; i++) {
    const first = one()
    if (wanted < tokens) {
      // Real documents, each once: a walk by steps that meet every one.
      const document = documents[(i * 7_919) % documents.length]!
      found.push(document)
      length += document.symbols.length
      continue
    }
    const second = one()
    const head = Array.from(first.symbols).slice(0, Math.floor(random() * first.symbols.length))
    const tail = Array.from(second.symbols).slice(Math.floor(random() * second.symbols.length))
    const sample = digestText(`composed ${i}`)
    found.push({ symbols: Uint16Array.from([...head, ...tail]), sample, payee: first.payee, cluster: sample })
    length += head.length + tail.length
  }
  return found
}
