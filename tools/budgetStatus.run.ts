import { toWeiString } from '../kernel/index.ts'
import { budgetOf, spendingsOf } from '../store/index.ts'
import type { budgetStatus } from './budgetStatus.ts'
import { budgetRows } from './budgeting/budgetRows.ts'
import { budgetWallet } from './budgeting/budgetWallet.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof budgetStatus> = async ({ all }, ctx) => {
  const { wallet, asset } = budgetWallet(ctx)
  const { limits, uses } = await budgetOf(ctx.store, { wallet })
  const open = await spendingsOf(ctx.store, { wallet })
  const day = new Date(ctx.now()).toISOString().slice(0, 10)
  return {
    wallet,
    asset,
    rows: budgetRows({ limits, uses, asset, day, all }),
    open: open.map(
      ({ key, agent, run, kind, state, counterparty, amountWei, spentWei, validBeforeMs, expiresAtMs }) => ({
        key,
        agent,
        run,
        of: kind,
        counterparty,
        state: state === 'signed' ? ('signed' as const) : ('reserved' as const),
        amountWei: toWeiString(amountWei - spentWei),
        untilMs: state === 'signed' ? validBeforeMs : expiresAtMs,
      }),
    ),
  }
}
