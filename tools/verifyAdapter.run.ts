import type { Run } from './runTool.ts'
import { verifyAdapter } from './verifyAdapter.ts'

export const run: Run<typeof verifyAdapter> = async (request, { workflows }) => {
  const workflow = `verify/${request.adapter}`
  await workflows.start('verifyAdapter', workflow, [request])
  return verifyAdapter.output.parse({ workflow, ...((await workflows.result(workflow)) as object) })
}
