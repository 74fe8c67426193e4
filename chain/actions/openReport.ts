import { encodeFunctionData, getAbiItem } from 'viem'
import { retrainBond } from '../abis/retrainBond.ts'
import { reporterOf, saltOf, type MemberReport } from '../bond/memberReport.ts'
import { readReport } from '../bond/readBond.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { recordedDifferently } from './recordedDifferently.ts'

/**
 * Opens a sealed report, once, in the time for that.
 * Throws chain/reverted (NoReport, NotOpening, OtherSeal), and what `sendOnce` throws.
 */
export async function openReport(chain: Chain, report: MemberReport): Promise<Sent> {
  const { adapter, slot, digest } = report
  const address = chain.contracts.retrainBond
  const { abi } = retrainBond
  const reporter = reporterOf(chain)
  const salt = await saltOf(chain, report)
  return sendOnce(chain, {
    action: 'opening a report',
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'reveal', args: [adapter, BigInt(slot), digest, salt] }),
    done: async () => {
      const opened = await readReport(chain, { adapter, slot, reporter })
      if (opened.digest === undefined) return undefined
      if (opened.digest !== digest) throw recordedDifferently('report', `${adapter}/${slot}`, { digest: opened.digest })
      const event = getAbiItem({ abi, name: 'ReportOpened' })
      return findTransaction(chain, { address, event, args: { adapter, slot: BigInt(slot), reporter } })
    },
  })
}
