import { encodeFunctionData, getAbiItem, type LocalAccount } from 'viem'
import type { PayeeId } from '../../kernel/index.ts'
import { payeeEscrow } from '../abis/payeeEscrow.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { payeeKey } from '../merkle/payeeKey.ts'
import { recordedDifferently } from './recordedDifferently.ts'
import { signForPayee } from './signForPayee.ts'

/**
 * Makes a name an alias of another, for ever and once, by the steward's word: what it has and gets goes to the other's account.
 * `deadline` is in seconds since 1970. Throws chain/recorded-differently, chain/reverted (BoundElsewhere, IsAlias, HasAliases,
 * SamePayee, RecoveryPends), and what `sendOnce` throws.
 */
export async function mergePayees(
  chain: Chain,
  steward: LocalAccount,
  { aliased, into, deadline }: { aliased: PayeeId; into: PayeeId; deadline: number },
): Promise<Sent> {
  const address = chain.contracts.payeeEscrow
  const { abi } = payeeEscrow
  const [from, to] = [payeeKey(aliased), payeeKey(into)]
  const message = { alias: from, into: to, deadline: BigInt(deadline) }
  const signature = await signForPayee(chain, steward, { primaryType: 'Merge', message })
  const args = [from, to, BigInt(deadline), steward.address, signature] as const
  return sendOnce(chain, {
    action: `merging ${aliased} into ${into}`,
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'merge', args }),
    done: async () => {
      const account = await chain.reader.readContract({ address, abi, functionName: 'accountOf', args: [from] })
      if (account === from) return undefined
      if (account !== to) throw recordedDifferently('merge of', aliased, { into: account })
      const event = getAbiItem({ abi, name: 'Merged' })
      return findTransaction(chain, { address, event, args: { aliased: from, into: to } })
    },
  })
}
