import { budgetSubject, listTrace } from '../store/index.ts'
import type { budgetTrail } from './budgetTrail.ts'
import { budgetWallet } from './budgeting/budgetWallet.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof budgetTrail> = async ({ from, count }, ctx) => {
  const { wallet } = budgetWallet(ctx)
  const lines = await listTrace(ctx.store, { subject: budgetSubject(wallet) })
  return {
    wallet,
    chainId: ctx.chain.chainId,
    lines: lines.slice(from, from + count).map((one) => {
      const { signature, signer: _, ...line } = one
      return { ...line, signature: signature ?? '' }
    }),
  }
}
