import { viewProposal } from './governing/viewProposal.ts'
import type { proposalStatus } from './proposalStatus.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof proposalStatus> = async ({ proposal }, ctx) => viewProposal(ctx, proposal)
