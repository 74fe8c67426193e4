import { encodeFunctionData, getAbiItem } from 'viem'
import { retrainBond } from '../abis/retrainBond.ts'
import { reporterOf, saltOf, type MemberReport } from '../bond/memberReport.ts'
import { readReport } from '../bond/readBond.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { ensureAllowance } from './ensureAllowance.ts'
import { recordedDifferently } from './recordedDifferently.ts'

/**
 * Locks a report's bond on a sealed digest, once for an account and a case.
 * Throws chain/reverted (NoCase, CaseOver, SealingOver, ERC20InsufficientBalance), and what `sendOnce` throws.
 */
export async function sealReport(chain: Chain, report: MemberReport): Promise<Sent> {
  const { adapter, slot, digest } = report
  const address = chain.contracts.retrainBond
  const { abi } = retrainBond
  const reporter = reporterOf(chain)
  if (!(await readReport(chain, { adapter, slot, reporter })).sealed) {
    const { reportBondWei } = await chain.reader.readContract({ address, abi, functionName: 'terms' })
    await ensureAllowance(chain, { spender: address, wei: reportBondWei })
  }
  const seal = await chain.reader.readContract({
    address,
    abi,
    functionName: 'sealOf',
    args: [adapter, BigInt(slot), reporter, digest, await saltOf(chain, report)],
  })
  return sendOnce(chain, {
    action: 'sealing a report',
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'commit', args: [adapter, BigInt(slot), seal] }),
    done: async () => {
      const args = [adapter, BigInt(slot), reporter] as const
      const found = await chain.reader.readContract({ address, abi, functionName: 'reportOf', args })
      if (BigInt(found.seal) === 0n) return undefined
      if (found.seal !== seal) throw recordedDifferently('sealed report', `${adapter}/${slot}`, { reporter })
      const event = getAbiItem({ abi, name: 'ReportSealed' })
      return findTransaction(chain, { address, event, args: { adapter, slot: BigInt(slot), reporter } })
    },
  })
}
