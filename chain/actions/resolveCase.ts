import { encodeFunctionData, getAbiItem } from 'viem'
import { TributaryError, type Address, type Digest } from '../../kernel/index.ts'
import { retrainBond } from '../abis/retrainBond.ts'
import { readReport, type BondCase } from '../bond/readBond.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { bondOf } from './drawMembers.ts'

/**
 * Ends the round of a case after its time: the case ends, or another round opens. Once a round; anybody may.
 * Throws chain/no-bond, chain/no-case, chain/reverted (RoundRuns), and what `sendOnce` throws.
 */
export async function resolveCase(
  chain: Chain,
  { adapter, slot, round }: { adapter: Digest; slot: number; round: number },
): Promise<Sent> {
  const address = chain.contracts.retrainBond
  const { abi } = retrainBond
  return sendOnce(chain, {
    action: 'ending a round of reports',
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'resolve', args: [adapter, BigInt(slot)] }),
    done: async () => {
      const found = await caseOf(chain, adapter, slot)
      if (found.outcome === 'open' && found.round === round) return undefined
      const name = found.round === round ? 'CaseEnded' : 'RoundOpened'
      return findTransaction(chain, {
        address,
        event: getAbiItem({ abi, name }),
        args: { adapter, slot: BigInt(slot) },
      })
    },
  })
}

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
  return withdrawBond(chain, reporter)
}

/** Pays an account all that the bond contract owes it. Returns what moved: 0 where nothing was owed. */
export async function withdrawBond(chain: Chain, account: Address): Promise<bigint> {
  const address = chain.contracts.retrainBond
  const { abi } = retrainBond
  const owed = () => chain.reader.readContract({ address, abi, functionName: 'payableWei', args: [account] })
  const wei = await owed()
  if (wei === 0n) return 0n
  const { sent } = await sendOnce(chain, {
    action: 'paying out bonds',
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'withdraw', args: [account] }),
    done: async () => {
      if ((await owed()) > 0n) return undefined
      return findTransaction(chain, { address, event: getAbiItem({ abi, name: 'Withdrawn' }), args: { account } })
    },
  })
  return sent ? wei : 0n
}

async function caseOf(chain: Chain, adapter: Digest, slot: number): Promise<BondCase> {
  const found = (await bondOf(chain, adapter)).cases[slot]
  if (found !== undefined) return found
  throw new TributaryError('There is no such case: nothing was drawn yet, or fewer members.', {
    code: 'chain/no-case',
    facts: { adapter, slot },
    tryThis: 'draw first, and look at the bond: tributary tools bond-status --adapter <digest>',
  })
}
