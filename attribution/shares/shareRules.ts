import { TributaryError } from '../../kernel/index.ts'
import { positivePerPayee } from './positivePerPayee.ts'
import type { ShareRule } from './ShareRule.ts'

/** Every share rule, by the id that revenue rules name. An id is never reused for a changed rule. */
export const shareRules: ReadonlyMap<string, ShareRule> = new Map([[positivePerPayee.id, positivePerPayee]])

/** The rule of this id. Throws attribution/unknown-share-rule. */
export function shareRule(id: string): ShareRule {
  const rule = shareRules.get(id)
  if (rule) return rule
  throw new TributaryError(`Nobody here knows the share rule ${id}.`, {
    code: 'attribution/unknown-share-rule',
    facts: { id, known: [...shareRules.keys()] },
    tryThis: 'use a release that knows the rule, or a revenue rule with one that is known',
  })
}
