import { createPublicClient, custom, numberToHex, type EIP1193RequestFn, type Hex } from 'viem'
import { TributaryError } from '../../kernel/index.ts'
import type { Chain } from './openChain.ts'

type Call = { method: string; params?: readonly unknown[] }

/**
 * The chain as it stood at a block: calls, logs, receipts and the head are those of then, and nothing can be sent. An
 * action that is called with it finds its effect, or says chain/not-final.
 * The node has to know the state of that block; the 128 newest are kept by all.
 */
export function viewAt(chain: Chain, block: bigint): Chain {
  const ask = chain.reader.request as unknown as (call: Call) => Promise<unknown>
  const at = numberToHex(block)
  const request = async ({ method, params = [] }: Call): Promise<unknown> => {
    const then = (tag: unknown) => (tag === undefined || tag === 'latest' || tag === 'pending' ? at : tag)
    switch (method) {
      case 'eth_blockNumber':
        return at
      case 'eth_call':
      case 'eth_getBalance':
      case 'eth_getCode':
      case 'eth_getTransactionCount':
        return ask({ method, params: [params[0], then(params[1]), ...params.slice(2)] })
      case 'eth_getBlockByNumber':
        return ask({ method, params: [then(params[0]), params[1]] })
      case 'eth_getLogs': {
        const filter = params[0] as { toBlock?: unknown }
        return ask({ method, params: [{ ...filter, toBlock: then(filter.toBlock) }] })
      }
      case 'eth_getTransactionReceipt': {
        const receipt = (await ask({ method, params })) as { blockNumber: Hex } | null
        return receipt !== null && BigInt(receipt.blockNumber) <= block ? receipt : null
      }
      default:
        return ask({ method, params })
    }
  }
  // What fails is asked again by the transport underneath.
  const transport = custom({ request: request as EIP1193RequestFn }, { retryCount: 0 })
  const { chain: viemChain, pollingInterval } = chain.reader
  const reader = createPublicClient({ chain: viemChain, transport, pollingInterval, cacheTime: 0 })
  return { ...chain, reader: reader as unknown as Chain['reader'], readsOnly: true }
}

export function notFinal(action: string): TributaryError {
  return new TributaryError(`This is not deep enough in the chain yet (${action}).`, {
    code: 'chain/not-final',
    facts: { action },
    tryThis: 'call again: more blocks have to come on top of it',
    retry: true,
  })
}
