import { encodeFunctionData, getAbiItem } from 'viem'
import type { Digest } from '../../kernel/index.ts'
import { disputes } from '../abis/disputes.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { ensureAllowance } from './ensureAllowance.ts'
import { readDispute } from './readDispute.ts'
import { recordedDifferently } from './recordedDifferently.ts'

/**
 * Answers a dispute as the accused, with a bond and the digest of what there is to say, once. Throws chain/no-dispute,
 * chain/recorded-differently where it was answered otherwise, chain/reverted (NotTheAccused, TimeOver, NotOpen), and what
 * `sendOnce` throws.
 */
export async function answerDispute(chain: Chain, { id, answer }: { id: number; answer: Digest }): Promise<Sent> {
  const address = chain.contracts.disputes
  const { abi } = disputes
  const before = await readDispute(chain, id)
  if (before.state === 'open') await ensureAllowance(chain, { spender: address, wei: BigInt(before.bondWei) })
  return sendOnce(chain, {
    action: `answering dispute ${id}`,
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'answer', args: [BigInt(id), answer] }),
    done: async () => {
      const found = await readDispute(chain, id)
      if (/^0x0+$/.test(found.answer)) return undefined
      if (found.answer !== answer) throw recordedDifferently('answer to dispute', id, { answer: found.answer })
      return findTransaction(chain, { address, event: getAbiItem({ abi, name: 'Answered' }), args: { id: BigInt(id) } })
    },
  })
}
