import { executeProposal as send } from '../chain/index.ts'
import type { executeProposal } from './executeProposal.ts'
import { viewProposal } from './governing/viewProposal.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof executeProposal> = async ({ proposal }, ctx) => {
  const { tx } = await send(ctx.chain, proposal)
  await ctx.governed.refresh()
  return { transaction: tx, proposal: await viewProposal(ctx, proposal) }
}
