import { queueProposal as send } from '../chain/index.ts'
import type { queueProposal } from './queueProposal.ts'
import { viewProposal } from './governing/viewProposal.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof queueProposal> = async ({ proposal }, ctx) => {
  const { tx } = await send(ctx.chain, proposal)
  return { transaction: tx, proposal: await viewProposal(ctx, proposal) }
}
