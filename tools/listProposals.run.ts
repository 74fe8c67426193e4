import { listProposals as readProposals } from '../chain/index.ts'
import { viewProposal } from './governing/viewProposal.ts'
import type { listProposals } from './listProposals.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof listProposals> = async ({ limit }, ctx) => {
  const { rule, engine } = await ctx.governed.refresh()
  const newest = (await readProposals(ctx.chain)).toReversed().slice(0, limit)
  const proposals = []
  for (const { id } of newest) proposals.push(await viewProposal(ctx, id))
  return { rule, engine, proposals }
}
