import {
  channelScheme,
  exactScheme,
  uptoScheme,
  type Chain,
  type Keys,
  type PaymentScheme,
  type PublishedContract,
} from '../../chain/index.ts'
import type { Address } from '../../kernel/index.ts'
import { findChannel, syncChannel, type Store } from '../../store/index.ts'

/**
 * The ways to pay, in the order in which they are offered. Those that need contracts of x402 are on where these are on chain:
 * published, or on a local chain our stand-ins.
 */
export function createSchemes(edges: {
  chain: Chain
  store: Store
  keys: Pick<Keys, 'server'>
  now?: () => number
}): PaymentScheme[] {
  const { chain, store, keys, now = Date.now } = edges
  const { published } = chain
  const schemes = [exactScheme(chain)]
  const isOn = (...names: PublishedContract[]) => names.every((name) => published[name] !== 'absent')
  if (isOn('permit2', 'uptoProxy', 'multicall')) schemes.push(uptoScheme(chain))
  if (isOn('channels', 'depositCollector', 'multicall')) {
    const book = {
      find: (id: Parameters<typeof findChannel>[1]['id']) => findChannel(store, { id }),
      sync: (seen: Parameters<typeof syncChannel>[1]) => syncChannel(store, seen),
    }
    schemes.push(channelScheme(chain, { book, receiverAuthorizer: keys.server.address as Address, now }))
  }
  return schemes
}
