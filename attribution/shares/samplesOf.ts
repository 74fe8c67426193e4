import { TributaryError } from '../../kernel/index.ts'
import type { PayeeScore } from './ShareRule.ts'

/** How many samples a payee has in the training. Throws attribution/no-samples where the score does not say it. */
export function samplesOf({ payee, samples }: PayeeScore, rule: string): number {
  if (samples !== undefined) return samples
  throw new TributaryError('This share rule needs the number of samples of each payee.', {
    code: 'attribution/no-samples',
    facts: { payee, rule },
    tryThis: 'use a rule that needs scores alone, such as signed-accounts/1',
  })
}
