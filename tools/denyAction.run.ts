import type { denyAction } from './denyAction.ts'
import { decide } from './approving/decide.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof denyAction> = (input, ctx) => decide(ctx, input, 'denied')
