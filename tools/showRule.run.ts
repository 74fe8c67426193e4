import { getRule } from '../store/index.ts'
import type { Run } from './runTool.ts'
import type { showRule } from './showRule.ts'

export const run: Run<typeof showRule> = async ({ digest: wanted }, { store, governed }) => {
  const { rule: inForce } = await governed.refresh()
  const digest = wanted ?? inForce
  return { digest, current: digest === inForce, rule: await getRule(store, { digest }) }
}
