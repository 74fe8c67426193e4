import { TributaryError } from '../../../kernel/index.ts'

/** Counterfactual adapters that a run may train and an answer may be scored with: rows of one batch, and blobs to keep. */
export const mostGroups = 64

/** Throws attribution/group-budget over it. */
export function checkGroupBudget(groups: number): void {
  if (groups <= mostGroups) return
  throw new TributaryError('More payee groups than there may be counterfactual adapters.', {
    code: 'attribution/group-budget',
    facts: { groups, mostGroups },
    tryThis: `deal the payees into at most ${mostGroups} groups: each group is one more adapter to train, keep and run`,
  })
}
