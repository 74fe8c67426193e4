import { bringToPresent, decodeCall, readProposal, type ProposalOnChain } from '../../chain/index.ts'
import { toWeiString, type Digest } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { readProposalText } from './proposalText.ts'
import { proposalView, type ProposalView } from './proposalView.ts'

/** Reads a proposal from the chain, and what differs between its words and its calls. Throws chain/no-proposal. */
export async function viewProposal({ chain }: Pick<ToolContext, 'chain'>, id: Digest): Promise<ProposalView> {
  await bringToPresent(chain)
  const found = await readProposal(chain, id)
  const says = readProposalText(found.description) ?? null
  const changes = found.calls.map((call) => decodeCall(chain.contracts, call))
  return proposalView.parse({
    proposal: id,
    state: found.state,
    proposer: found.proposer,
    says,
    changes,
    warnings: warningsOf(says, changes),
    ...votesOf(found),
    votesFrom: found.votesFrom,
    votesUntil: found.votesUntil,
    readyAt: found.readyAt === 0 ? null : found.readyAt,
    now: found.now,
    transaction: found.tx,
  })
}

function votesOf({ forWei, againstWei, abstainWei, quorumWei }: ProposalOnChain) {
  return {
    forWei: toWeiString(forWei),
    againstWei: toWeiString(againstWei),
    abstainWei: toWeiString(abstainWei),
    quorumWei: quorumWei === 0n ? null : toWeiString(quorumWei),
  }
}

/** The text is the proposer's word; what happens is what is called. */
function warningsOf(says: ProposalView['says'], changes: ProposalView['changes']): string[] {
  const warnings: string[] = []
  if (says === null) warnings.push('its description is none of ours: read what it calls')
  if (changes.some(({ call }) => call === 'unknown')) warnings.push('it calls something that is not known here')
  if (says !== null && changes.length !== 1) warnings.push(`it makes ${changes.length} calls, and says one thing`)
  const [first] = changes
  const named = (name: string) => first?.arguments.find((argument) => argument.name === name)?.value.toLowerCase()
  if (says === null || first === undefined) return warnings
  const expected: Record<string, Record<string, string>> = {
    'revenue-rule': says.kind === 'revenue-rule' ? { digest: says.rule, report: says.backtest } : {},
    engine: says.kind === 'engine' ? { digest: says.engine, report: says.evidence } : {},
    pool: says.kind === 'pool' ? { to: says.to.toLowerCase(), amountWei: says.wei, reason: says.reason } : {},
    parameter: {},
  }
  for (const [name, value] of Object.entries(expected[says.kind] ?? {}))
    if (named(name) !== value) warnings.push(`it says ${name} ${value}, and calls with ${named(name) ?? 'none'}`)
  const calls = { 'revenue-rule': 'adoptRule', engine: 'adoptEngine', pool: 'spend', parameter: first.call }[says.kind]
  if (first.call !== calls) warnings.push(`it says ${says.kind}, and calls ${first.call}`)
  return warnings
}
