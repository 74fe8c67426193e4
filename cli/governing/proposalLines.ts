import type { z } from 'zod'
import type { proposalStatus } from '../../tools/definitions.ts'
import { pc } from '../colours.ts'
import { formatWei } from '../formatWei.ts'

type View = z.output<typeof proposalStatus.output>

/** What a proposal is about, in two words. */
export function kindOf({ says }: Pick<View, 'says'>): string {
  if (says === null) return 'not ours'
  return { 'revenue-rule': 'revenue rule', engine: 'engine', parameter: 'setting', pool: 'pool' }[says.kind]
}

/** A proposal for people: what it changes, how it stands, what comes next. */
export function proposalLines(view: View): string[] {
  const { proposal, state, says, changes, warnings, votesFrom, votesUntil, readyAt, now } = view
  const lines = [`${kindOf(view)}, ${pc.bold(state)}: ${proposal}`]
  if (says !== null && says.why !== '') lines.push(`  why: ${says.why}`)
  for (const { contract, call, arguments: given } of changes) {
    lines.push(`  calls ${contract}.${call}`)
    for (const { name, value } of given) lines.push(`    ${name} ${value}`)
  }
  if (says?.kind === 'revenue-rule')
    lines.push(`  back-test on ${says.receipts} receipts of ${says.epochs} epochs: ${says.backtest}`)
  for (const warning of warnings) lines.push(pc.red(`  beware: ${warning}`))
  const wei = (amount: string) => formatWei(BigInt(amount))
  lines.push(`  for ${wei(view.forWei)}, against ${wei(view.againstWei)}, abstain ${wei(view.abstainWei)}`)
  lines.push(
    `  quorum ${view.quorumWei === null ? 'is known when weights are taken' : `${wei(view.quorumWei)} of for and abstain`}`,
  )
  lines.push(`  votes from ${timeOf(votesFrom)} to ${timeOf(votesUntil)}; the chain has ${timeOf(now)}`)
  if (readyAt !== null) lines.push(`  may be executed from ${timeOf(readyAt)}`)
  return lines
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z')
}
