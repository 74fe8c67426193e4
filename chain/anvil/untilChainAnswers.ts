import { setTimeout as sleep } from 'node:timers/promises'
import { TributaryError } from '../../kernel/index.ts'

/**
 * Waits until a chain answers at this address; returns its id.
 * Throws chain/unreachable after `timeoutMs` (default 15 s).
 */
export async function untilChainAnswers(rpcUrl: string, timeoutMs = 15_000): Promise<number> {
  let cause: unknown
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(30)) {
    try {
      const response = await fetch(rpcUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}',
        signal: AbortSignal.timeout(2_000),
      })
      const { result } = (await response.json()) as { result?: string }
      if (result !== undefined) return Number(result)
    } catch (error) {
      cause = error
    }
  }
  throw new TributaryError('The chain does not answer.', {
    code: 'chain/unreachable',
    facts: { rpcUrl: new URL(rpcUrl).origin, waitedMs: timeoutMs },
    tryThis: 'check CHAIN_RPC_URL, or start the local chain with npm start',
    retry: true,
    cause,
  })
}
