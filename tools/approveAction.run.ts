import type { approveAction } from './approveAction.ts'
import { decide } from './approving/decide.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof approveAction> = (input, ctx) => decide(ctx, input, 'approved')
