import { getAbiItem, zeroAddress } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'
import { retrainBond } from '../abis/retrainBond.ts'
import type { Chain } from '../client/openChain.ts'

/** As IRetrainBond.Outcome counts them. */
const outcomes = ['none', 'open', 'unverified', 'attested', 'upheld'] as const
export type CaseOutcome = (typeof outcomes)[number]

export type BondCase = {
  slot: number
  /** 0: the adapter itself; g + 1: the counterfactual adapter without group g. */
  member: number
  /** What the registry holds of it. */
  committed: Digest
  outcome: CaseOutcome
  /** The digest with most opened reports, where there is one. */
  leader?: Digest
  round: number
  reports: number
  revealed: number
  /** Seconds since 1970, of the round that runs or ran last. */
  commitEnds: number
  revealEnds: number
}
export type Bond = {
  adapter: Digest
  poster: Address
  bondWei: bigint
  /** What of it is still at stake. */
  lockedWei: bigint
  slashed: boolean
  plan: Digest
  machine: Digest
  bundle: Digest
  members: number
  drawBlock: number
  /** Empty until somebody draws. */
  cases: BondCase[]
}

/** The bond of an adapter and what became of it; undefined where none was posted. Cost: one call, and one for each case. */
export async function readBond(chain: Pick<Chain, 'reader' | 'contracts'>, adapter: Digest): Promise<Bond | undefined> {
  const at = { address: chain.contracts.retrainBond, abi: retrainBond.abi }
  const found = await chain.reader.readContract({ ...at, functionName: 'bond', args: [adapter] })
  if (found.poster === zeroAddress) return undefined
  const cases = await Promise.all(
    Array.from({ length: found.drawn }, async (_, slot): Promise<BondCase> => {
      const one = await chain.reader.readContract({ ...at, functionName: 'caseOf', args: [adapter, BigInt(slot)] })
      return {
        slot,
        member: one.member,
        committed: one.committed as Digest,
        outcome: outcomes[one.outcome] ?? 'none',
        ...(BigInt(one.leader) === 0n ? {} : { leader: one.leader as Digest }),
        round: one.round,
        reports: one.reports,
        revealed: one.revealed,
        commitEnds: Number(one.commitEnds),
        revealEnds: Number(one.revealEnds),
      }
    }),
  )
  return {
    adapter,
    poster: found.poster.toLowerCase() as Address,
    bondWei: found.bondWei,
    lockedWei: found.lockedWei,
    slashed: found.slashed,
    plan: found.plan as Digest,
    machine: found.machine as Digest,
    bundle: found.bundle as Digest,
    members: found.members,
    drawBlock: Number(found.drawBlock),
    cases,
  }
}

/** What every bond of this deployment is under. */
export async function readBondTerms(
  chain: Pick<Chain, 'reader' | 'contracts'>,
): Promise<{ minBondWei: bigint; reportBondWei: bigint; picks: number; commitSeconds: number; revealSeconds: number }> {
  const { retrainBond: address } = chain.contracts
  return chain.reader.readContract({ address, abi: retrainBond.abi, functionName: 'terms' })
}

/** The digests of the counterfactual adapters as they were posted: from the event, so that nobody has to be asked. */
export async function readBondLeaves(
  chain: Pick<Chain, 'reader' | 'contracts' | 'fromBlock'>,
  adapter: Digest,
): Promise<Digest[]> {
  const event = getAbiItem({ abi: retrainBond.abi, name: 'BondPosted' })
  const { retrainBond: address } = chain.contracts
  const [log] = await chain.reader.getLogs({ address, event, args: { adapter }, fromBlock: chain.fromBlock })
  return [...((log?.args.leaves ?? []) as readonly Digest[])]
}

/** Whether and what an account has reported on a case. */
export async function readReport(
  chain: Pick<Chain, 'reader' | 'contracts'>,
  { adapter, slot, reporter }: { adapter: Digest; slot: number; reporter: Address },
): Promise<{ round: number; sealed: boolean; digest?: Digest; settled: boolean; dueWei: bigint }> {
  const at = { address: chain.contracts.retrainBond, abi: retrainBond.abi }
  const args = [adapter, BigInt(slot), reporter] as const
  const [report, dueWei] = await Promise.all([
    chain.reader.readContract({ ...at, functionName: 'reportOf', args }),
    chain.reader.readContract({ ...at, functionName: 'dueWei', args }),
  ])
  const { seal, digest, round, settled } = report
  const opened = BigInt(digest) === 0n ? {} : { digest: digest as Digest }
  return { round, sealed: BigInt(seal) !== 0n, ...opened, settled, dueWei }
}
