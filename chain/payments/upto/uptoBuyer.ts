import { erc20AllowanceAbi, toClientEvmSigner } from '@x402/evm'
import { UptoEvmScheme } from '@x402/evm/upto/client'
import type { Address, LocalAccount } from 'viem'
import { chainError } from '../../client/chainError.ts'
import { createLock, type Lock } from '../../client/createLock.ts'
import type { Chain } from '../../client/openChain.ts'
import { publishedContracts } from '../../deployment/publishedContracts.ts'
import type { BuyerScheme } from '../buyerScheme.ts'
import { decodeUpto } from './uptoPayload.ts'

/** An approval as large as this is for good: no payment uses it up. */
const standingWei = 1n << 128n

/** One payment at a time for each account that pays by permits, in this process. */
const locks = new Map<string, Lock>()

/**
 * x402 `upto` as a buyer, by the package's own client. Where Permit2 has no allowance of it, a permit (EIP-2612) for exactly the
 * price is signed with the payment: the buyer needs no gas. Each permit replaces the allowance of the one before, so such
 * payments are made one after the other; a buyer of many at a time approves Permit2 once instead.
 * Cost: two calls of the node, and what the package asks. Throws chain/unreachable before anything is signed.
 */
export function uptoBuyer(chain: Pick<Chain, 'reader' | 'contracts' | 'chainId'>, account: LocalAccount): BuyerScheme {
  const inner = new UptoEvmScheme(toClientEvmSigner(account, chain.reader))
  const allowanceOf = (token: Address) =>
    chain.reader
      .readContract({
        address: token,
        abi: erc20AllowanceAbi,
        functionName: 'allowance',
        args: [account.address, publishedContracts.permit2],
      })
      .catch((error: unknown) => {
        throw chainError(error, { action: 'reading the allowance of Permit2' })
      })
  return {
    id: inner.scheme,
    client: {
      scheme: inner.scheme,
      async createPaymentPayload(version, requirements, context) {
        // The package takes an allowance that it could not read for none, and its permit would undo an approval for good.
        const needsPermit = (await allowanceOf(requirements.asset as Address)) < BigInt(requirements.amount)
        const { eip2612GasSponsoring: _, ...offered } = context?.extensions ?? {}
        const extensions = needsPermit ? { ...offered, eip2612GasSponsoring: {} } : offered
        return inner.createPaymentPayload(version, requirements, { ...context, extensions })
      },
    },
    takes: ({ extra }) => extra?.['assetTransferMethod'] === 'permit2',
    decode: decodeUpto,
    isDead: (known, { status, nowSeconds }) => status === 402 && nowSeconds > known.validBefore,
    async turn(pay) {
      if ((await allowanceOf(chain.contracts.openToken)) >= standingWei) return pay()
      return lockOf(`${chain.chainId}/${account.address}`)(pay)
    },
  }
}

function lockOf(key: string): Lock {
  const found = locks.get(key) ?? createLock()
  locks.set(key, found)
  return found
}
