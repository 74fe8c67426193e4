import { canonicalBytes } from '../kernel/index.ts'
import type { backtestRule } from './backtestRule.ts'
import { byChange } from './governing/byChange.ts'
import { requireRule } from './governing/ruleProblems.ts'
import { runBacktest } from './governing/runBacktest.ts'
import type { Run } from './runTool.ts'

const named = 10

export const run: Run<typeof backtestRule> = async ({ rule }, ctx) => {
  const whole = await runBacktest(ctx, requireRule(rule))
  const report = await ctx.blobs.put(canonicalBytes(whole))
  const { payees, epochs, droppedToZero, ...totals } = whole
  const { gaining, losing } = byChange(payees)
  return {
    report,
    summary: {
      ...totals,
      epochs: epochs.length,
      payees: payees.length,
      gaining: gaining.length,
      losing: losing.length,
      droppedToZero: droppedToZero.length,
    },
    gainers: gaining.slice(0, named),
    losers: losing.slice(0, named),
  }
}
