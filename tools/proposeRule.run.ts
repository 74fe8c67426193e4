import { adoptRuleCall, readCeilings } from '../chain/index.ts'
import { digestOf } from '../kernel/index.ts'
import { saveRule } from '../store/index.ts'
import { writeProposalText } from './governing/proposalText.ts'
import { requireCurrentBacktest } from './governing/requireCurrentBacktest.ts'
import { requireRule } from './governing/ruleProblems.ts'
import { sendProposal } from './governing/sendProposal.ts'
import type { proposeRule } from './proposeRule.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof proposeRule> = async ({ rule: document, backtest, why }, ctx) => {
  const { chain, store, now } = ctx
  const rule = requireRule(document, await readCeilings(chain))
  const digest = digestOf(rule)
  const { receipts, epochs } = await requireCurrentBacktest(ctx, backtest, rule)
  await saveRule(store, { rule, atMs: now() })
  const description = writeProposalText({
    v: 1,
    kind: 'revenue-rule',
    why,
    rule: digest,
    document: rule,
    backtest,
    receipts,
    epochs: epochs.length,
    lastRoot: epochs.at(-1)?.root ?? null,
  })
  return sendProposal(chain, {
    calls: [adoptRuleCall(chain.contracts, { digest, rule, report: backtest })],
    description,
  })
}
