import { reconcileAll } from './budgeting/reconcile.ts'
import type { reconcileBudget } from './reconcileBudget.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof reconcileBudget> = (_input, ctx) => reconcileAll(ctx)
