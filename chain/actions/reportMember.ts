import { encodeFunctionData, getAbiItem, keccak256, type Hex } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'
import { retrainBond } from '../abis/retrainBond.ts'
import { readReport } from '../bond/readBond.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { ensureAllowance } from './ensureAllowance.ts'
import { recordedDifferently } from './recordedDifferently.ts'

/** Which digest training a drawn member again gave. The reporter is the chain's sender (`chainAs`). */
export type MemberReport = { adapter: Digest; slot: number; digest: Digest }

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

function reporterOf(chain: Chain): Address {
  return chain.writer.account.address.toLowerCase() as Address
}

/** Made of a signature, so that nobody guesses it and a run that was cut makes it again: nothing has to be kept. */
async function saltOf(chain: Chain, { adapter, slot }: MemberReport): Promise<Hex> {
  const message = `Tributary report ${chain.chainId} ${chain.contracts.retrainBond} ${adapter} ${slot}`
  return keccak256(await chain.writer.account.signMessage({ message }))
}
