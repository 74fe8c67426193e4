import { TributaryError } from '../kernel/index.ts'
import { setApprovalRule as write } from '../store/index.ts'
import { approvalSigner } from './approving/approvalSigner.ts'
import { refuseOwnWord } from './approving/holdForApproval.ts'
import { forgetRules } from './approving/ruleFor.ts'
import { definitions } from './definitions.ts'
import type { Run } from './runTool.ts'
import type { setApprovalRule } from './setApprovalRule.ts'

export const run: Run<typeof setApprovalRule> = async (input, ctx) => {
  const { tool, agent, mode, underWei, budgetWei, expiresSeconds = null } = input
  if (tool !== '*' && !(tool in definitions)) throw bad('There is no such tool.', { tool })
  if ((mode === 'under') !== (underWei !== undefined))
    throw bad('Only mode under has an amount, and needs one.', { mode })
  if (budgetWei !== undefined && mode !== 'under') throw bad('Only mode under has a budget.', { mode })
  refuseOwnWord(ctx)
  const wei = (amount: string | undefined) => (amount === undefined ? null : BigInt(amount))
  await write(ctx.store, {
    rule: {
      tool,
      agent,
      mode: mode === 'none' ? null : mode,
      underWei: wei(underWei),
      budgetWei: wei(budgetWei),
      expiresSeconds,
      atMs: ctx.now(),
    },
    signer: approvalSigner(ctx),
  })
  forgetRules(ctx.store)
  return { tool, agent, mode }
}

function bad(message: string, facts: Record<string, string>): TributaryError {
  return new TributaryError(message, {
    code: 'approval/bad-rule',
    facts,
    tryThis: 'see tributary approvals rule --help: a tool’s name or *, and --under-wei with mode under',
  })
}
