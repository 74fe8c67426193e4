import { z } from 'zod'
import { digestString, toWeiString, weiString } from '../../kernel/index.ts'
import type { Approval } from '../../store/index.ts'

/** One action that needs, or needed, somebody's word. */
export const approvalView = z.object({
  digest: digestString,
  workflow: z.string().nullable().describe('null: a call from outside'),
  step: z.string(),
  agent: z.string(),
  tool: z.string(),
  effect: z.enum(['read', 'write', 'spend']),
  amountWei: weiString.nullable().describe('most that it can spend, where that is known'),
  state: z.enum(['waiting', 'approved', 'denied', 'expired']),
  by: z.string().nullable(),
  reason: z.string().nullable(),
  askedAtMs: z.int(),
  expiresAtMs: z.int().nullable(),
  decidedAtMs: z.int().nullable(),
})
export type ApprovalView = z.output<typeof approvalView>

/** An action whose time is over is expired, also where nobody has noticed yet. */
export function toApprovalView(row: Approval, nowMs: number): ApprovalView {
  const { amountWei, state, expiresAtMs } = row
  const isOver = state === 'waiting' && expiresAtMs !== null && expiresAtMs <= nowMs
  return approvalView.parse({
    ...row,
    amountWei: amountWei === null ? null : toWeiString(amountWei),
    state: isOver ? 'expired' : state,
  })
}
