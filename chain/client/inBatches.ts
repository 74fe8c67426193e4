import { createPublicClient, http } from 'viem'
import type { ChainReader } from './createClients.ts'
import type { Chain } from './openChain.ts'

/** Calls in one HTTP request; providers limit them to 100 or more. */
const batchSize = 100
/** Calls at a time, where a node takes no batches. */
const atOnce = 16

/**
 * Asks a node the same of many things, 100 calls a request (a JSON-RPC batch); one by one, 16 at a time, where the node
 * takes no batches. Answers come in the order of `items`.
 */
export async function inBatches<T, R>(
  chain: Pick<Chain, 'rpcUrl' | 'reader'>,
  items: readonly T[],
  ask: (reader: ChainReader, item: T) => Promise<R>,
): Promise<R[]> {
  const answers: R[] = []
  let reader = batching(chain)
  let size = batchSize
  while (answers.length < items.length) {
    const some = items.slice(answers.length, answers.length + size)
    try {
      answers.push(...(await Promise.all(some.map((item) => ask(reader, item)))))
    } catch (error) {
      if (reader === chain.reader) throw error
      reader = chain.reader
      size = atOnce
    }
  }
  return answers
}

function batching({ rpcUrl, reader }: Pick<Chain, 'rpcUrl' | 'reader'>): ChainReader {
  const transport = http(rpcUrl, { batch: { batchSize, wait: 0 }, retryCount: 2, retryDelay: 150, timeout: 30_000 })
  return createPublicClient({ chain: reader.chain, transport, cacheTime: 0 })
}
