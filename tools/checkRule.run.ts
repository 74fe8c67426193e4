import { readCeilings } from '../chain/index.ts'
import { digestOf } from '../kernel/index.ts'
import type { checkRule } from './checkRule.ts'
import { ruleChanges } from './governing/ruleChanges.ts'
import { readRule } from './governing/ruleProblems.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof checkRule> = async ({ rule: document }, { chain, governed }) => {
  const { rule, problems } = readRule(document, await readCeilings(chain))
  if (!rule) return { valid: false, digest: null, rule: null, problems, changes: [] }
  return { valid: true, digest: digestOf(rule), rule, problems, changes: ruleChanges(governed.rule(), rule) }
}
