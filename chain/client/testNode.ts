import type { ChainReader } from './createClients.ts'

type Method = 'evm_mine' | 'evm_increaseTime' | 'anvil_setBalance' | 'anvil_setCode'

/** A call that only a local anvil answers. Callers ask for `localChainId` first. */
export async function testNode(
  reader: ChainReader,
  method: Method,
  params: readonly (string | number)[],
): Promise<unknown> {
  const request = reader.request as (call: { method: Method; params: typeof params }) => Promise<unknown>
  return request({ method, params })
}
