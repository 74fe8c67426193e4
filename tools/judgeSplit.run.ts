import type { judgeSplit } from './judgeSplit.ts'
import type { Run } from './runTool.ts'
import { judgeAdapter } from './settlement/judgeAdapter.ts'

export const run: Run<typeof judgeSplit> = async (input, ctx) => judgeAdapter(ctx, input)
