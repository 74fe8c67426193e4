import { TributaryError, digestOf, digestString } from '../kernel/index.ts'
import type { Run } from './runTool.ts'
import type { trainAdapter } from './trainAdapter.ts'

export const run: Run<typeof trainAdapter> = async (input, { workflows }) => {
  const workflow = `train/${digestOf(JSON.stringify(input)).slice(0, 18)}`
  await workflows.start('fineTune', workflow, [input])
  const result = (await workflows.result(workflow)) as {
    adapter: string
    heldOutLossBeforeMicroNats: number
    heldOutLossAfterMicroNats: number
  }
  const adapter = digestString.safeParse(result.adapter)
  if (!adapter.success) {
    throw new TributaryError('The training workflow returned no adapter.', {
      code: 'tools/no-adapter',
      facts: { workflow },
      tryThis: 'look at the workflow in the Temporal UI',
    })
  }
  const { heldOutLossBeforeMicroNats, heldOutLossAfterMicroNats } = result
  return { workflow, adapter: adapter.data, heldOutLossBeforeMicroNats, heldOutLossAfterMicroNats }
}
