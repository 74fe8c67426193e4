import { TributaryError } from '../../kernel/index.ts'
import type { Check, DenyCode } from '../../store/index.ts'

const denials: Record<DenyCode, string> = {
  'budget/per-payment': 'The price is over the limit for one payment.|ask for less, or raise the limit: tributary tools set-budget',
  'budget/per-approval': 'The approval is over the limit for one approval.|approve less, or raise the limit: tributary tools set-budget',
  'budget/per-run': 'What is left of this run’s budget does not cover the price.|stop here, or grant the run a larger budget',
  'budget/per-day': 'What is left of today’s budget does not cover the price.|go on tomorrow (UTC), or raise the limit: tributary tools set-budget',
  'budget/per-counterparty': 'What may still be paid to this address does not cover the price.|buy elsewhere, or raise the limit: tributary tools set-budget',
  'budget/total': 'What is left of the wallet’s budget does not cover the price.|raise the limit: tributary tools set-budget',
  'budget/approval-used': 'What is left of the approval does not cover the price.|approve more, which counts against the budget',
} // prettier-ignore

/** The coded error of a refused spending, with the limit that refused it. Never worth a retry by itself. */
export function denied(code: DenyCode, amountWei: bigint, checks: readonly Check[]): TributaryError {
  const [message, tryThis] = denials[code].split('|') as [string, string]
  const check = checks.find(({ over }) => over)
  const limit = check ? { limitWei: check.limitWei, usedWei: check.beforeWei, setBy: check.setBy } : {}
  return new TributaryError(message, { code, facts: { askedWei: String(amountWei), ...limit }, tryThis })
}
