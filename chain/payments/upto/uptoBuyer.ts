import { toClientEvmSigner } from '@x402/evm'
import { UptoEvmScheme } from '@x402/evm/upto/client'
import type { LocalAccount } from 'viem'
import type { Chain } from '../../client/openChain.ts'
import type { BuyerScheme } from '../buyerScheme.ts'
import { decodeUpto } from './uptoPayload.ts'

/**
 * x402 `upto` as a buyer, by the package's own client. Where Permit2 has no allowance of it, a permit (EIP-2612) for exactly the
 * price is signed with the payment: the buyer needs no gas. Such permits come one after the other, so a buyer of many at a
 * time approves Permit2 once instead.
 */
export function uptoBuyer(chain: Pick<Chain, 'reader'>, account: LocalAccount): BuyerScheme {
  const inner = new UptoEvmScheme(toClientEvmSigner(account, chain.reader))
  return {
    id: inner.scheme,
    client: {
      scheme: inner.scheme,
      createPaymentPayload: (version, requirements, context) => {
        const extensions = { ...context?.extensions, eip2612GasSponsoring: {} }
        return inner.createPaymentPayload(version, requirements, { ...context, extensions })
      },
    },
    takes: ({ extra }) => extra?.['assetTransferMethod'] === 'permit2',
    decode: decodeUpto,
    isDead: (known, { status, nowSeconds }) => status === 402 && nowSeconds > known.validBefore,
  }
}
