import { budgetOf, setLimits, type BudgetScope } from '../store/index.ts'
import { budgetRows } from './budgeting/budgetRows.ts'
import { budgetWallet } from './budgeting/budgetWallet.ts'
import type { Run } from './runTool.ts'
import type { setBudget } from './setBudget.ts'

/** Sets what is given and leaves the rest. Each limit that changed is a signed line of the wallet's budget trace. */
export const run: Run<typeof setBudget> = async (input, ctx) => {
  const { wallet, asset, sign } = budgetWallet(ctx)
  const { agent, run: named, counterparty = '' } = input
  const given: [BudgetScope, string, string | null | undefined][] = [
    ['payment', '', input.perPaymentWei],
    ['approval', '', input.perApprovalWei],
    ['run', named, input.perRunWei],
    ['day', '', input.perDayWei],
    ['counterparty', counterparty.toLowerCase(), input.perCounterpartyWei],
    ['total', '', input.totalWei],
  ]
  const limits = given.flatMap(([scope, bucket, wei]) => {
    if (wei === undefined) return []
    const limitWei = wei === null ? null : BigInt(wei)
    return [{ wallet, asset, agent, scope, bucket, setBy: 'operator' as const, limitWei, atMs: ctx.now() }]
  })
  await setLimits(ctx.store, { limits, sign })
  const all = await budgetOf(ctx.store, { wallet })
  return { wallet, limits: budgetRows({ limits: all.limits, uses: [], asset, day: '', all: true }) }
}
