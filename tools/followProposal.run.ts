import { readProposal } from '../chain/index.ts'
import type { followProposal } from './followProposal.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof followProposal> = async ({ proposal }, { chain, workflows }) => {
  await readProposal(chain, proposal)
  const workflow = `govern/${proposal}`
  await workflows.start('govern', workflow, [proposal])
  return { workflow }
}
