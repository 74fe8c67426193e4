import { saveRule } from '../store/index.ts'
import type { addRule } from './addRule.ts'
import { requireRule } from './governing/ruleProblems.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof addRule> = async ({ rule: document }, { store, governed, now }) => {
  const digest = await saveRule(store, { rule: requireRule(document), atMs: now() })
  const { rule } = await governed.refresh()
  return { digest, current: digest === rule }
}
