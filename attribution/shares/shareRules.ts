import { TributaryError } from '../../kernel/index.ts'
import { affinePerSample } from './affinePerSample.ts'
import { positivePerPayeeOfFour, signedAccountsOfFour } from './minimumSamples.ts'
import { positivePerPayee } from './positivePerPayee.ts'
import { positivePerSample } from './positivePerSample.ts'
import type { ShareRule } from './ShareRule.ts'
import { signedAccounts } from './signedAccounts.ts'

const known: readonly ShareRule[] = [
  positivePerPayee,
  positivePerSample,
  affinePerSample,
  signedAccounts,
  positivePerPayeeOfFour,
  signedAccountsOfFour,
]

/** Every share rule, by the id that revenue rules name. An id is never reused for a changed rule. */
export const shareRules: ReadonlyMap<string, ShareRule> = new Map(known.map((rule) => [rule.id, rule]))

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
