import { toWeiString } from '../kernel/index.ts'
import { listApprovalRules, listApprovals as read } from '../store/index.ts'
import { toApprovalView } from './approving/approvalView.ts'
import { unattended } from './approving/unattended.ts'
import type { listApprovals } from './listApprovals.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof listApprovals> = async ({ state, count }, { store, now }) => {
  const rows = await read(store, { state, count })
  const rules = await listApprovalRules(store, {})
  const wei = (amount: bigint | null) => (amount === null ? null : toWeiString(amount))
  return {
    approvals: rows.map((row) => toApprovalView(row, now())),
    rules: rules.map(({ tool, agent, mode, underWei, budgetWei, usedWei, expiresSeconds }) => ({
      tool,
      agent,
      mode,
      underWei: wei(underWei),
      budgetWei: wei(budgetWei),
      usedWei: toWeiString(usedWei),
      expiresSeconds,
    })),
    unattended: [...unattended],
  }
}
