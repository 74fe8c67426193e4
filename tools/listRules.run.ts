import { listRules as readRules } from '../store/index.ts'
import type { listRules } from './listRules.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof listRules> = async (_, { store, governed }) => {
  const { rule: inForce } = await governed.refresh()
  const rules = await readRules(store, {})
  return {
    rules: rules.map(({ digest, rule, atMs, receipts }) => {
      return { digest, current: digest === inForce, knownSinceMs: atMs, receipts, rule }
    }),
  }
}
