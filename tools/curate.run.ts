import { digestOf, type Digest } from '../kernel/index.ts'
import { listContributions } from '../store/index.ts'
import type { curate } from './curate.ts'
import type { Run } from './runTool.ts'

type Curated = { accepted: number; rejected: number; byRule: Record<string, number>; decisions: Digest }

export const run: Run<typeof curate> = async ({ datanet }, { store, workflows }) => {
  // The same contributions are the same curation; new ones make a new workflow.
  const contributions = await listContributions(store, { datanet })
  const workflow = `curate/${datanet}/${digestOf(contributions.map(({ sample }) => sample)).slice(2, 14)}`
  await workflows.start('curator', workflow, [{ datanet }])
  const { accepted, rejected, byRule, decisions } = (await workflows.result(workflow)) as Curated
  return { workflow, accepted, rejected, byRule, decisions }
}
