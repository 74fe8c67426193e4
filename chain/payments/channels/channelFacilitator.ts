import { BatchSettlementEvmScheme } from '@x402/evm/batch-settlement/facilitator'
import { toFacilitatorEvmSigner } from '@x402/evm'
import type { Chain } from '../../client/openChain.ts'
import { facilitatorSigner } from '../facilitator.ts'

const made = new WeakMap<Chain, BatchSettlementEvmScheme>()

/** The x402 package's own `batch-settlement` over our clients: it verifies and sends deposits. */
export function channelFacilitator(chain: Chain): BatchSettlementEvmScheme {
  const found = made.get(chain)
  if (found !== undefined) return found
  const scheme = new BatchSettlementEvmScheme(toFacilitatorEvmSigner(facilitatorSigner(chain)))
  made.set(chain, scheme)
  return scheme
}
