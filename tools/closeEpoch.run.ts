import { currentEpoch } from '../store/index.ts'
import { closeEpoch } from './closeEpoch.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof closeEpoch> = async (_, { store, workflows }) => {
  const { number: epoch } = await currentEpoch(store, {})
  const workflow = `settle/${epoch}`
  await workflows.start('settle', workflow, [epoch])
  return closeEpoch.output.parse({ workflow, ...((await workflows.result(workflow)) as object) })
}
