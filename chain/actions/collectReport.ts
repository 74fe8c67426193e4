import { encodeFunctionData, getAbiItem } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'
import { retrainBond } from '../abis/retrainBond.ts'
import { readReport } from '../bond/readBond.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce } from '../client/sendOnce.ts'
import { withdrawOwed } from './withdrawOwed.ts'

/** Credits and pays what a reporter is due of a case that has ended, to that reporter. Returns what moved, in wei. */
export async function collectReport(
  chain: Chain,
  { adapter, slot, reporter }: { adapter: Digest; slot: number; reporter: Address },
): Promise<bigint> {
  const address = chain.contracts.retrainBond
  const { abi } = retrainBond
  await sendOnce(chain, {
    action: 'settling a report',
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'settle', args: [adapter, BigInt(slot), reporter] }),
    done: async () => {
      if (!(await readReport(chain, { adapter, slot, reporter })).settled) return undefined
      const event = getAbiItem({ abi, name: 'ReportSettled' })
      return findTransaction(chain, { address, event, args: { adapter, slot: BigInt(slot), reporter } })
    },
  })
  return withdrawOwed(chain, 'retrainBond', reporter)
}
