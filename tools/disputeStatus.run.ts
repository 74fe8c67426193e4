import { statusOf } from './disputing/statusOf.ts'
import type { disputeStatus } from './disputeStatus.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof disputeStatus> = async ({ id }, { chain }) => statusOf(chain, id)
