import { TributaryError, type PayeeId } from '../../kernel/index.ts'

/** Payees sorted by id, by which ties of remainders are broken. Throws attribution/duplicate-payee. */
export function payeesInOrder<Scored extends { payee: PayeeId }>(scored: readonly Scored[]): Scored[] {
  const payees = scored.toSorted((a, b) => (a.payee < b.payee ? -1 : a.payee > b.payee ? 1 : 0))
  const twice = payees.find(({ payee }, i) => payees[i + 1]?.payee === payee)
  if (twice === undefined) return payees
  throw new TributaryError('A payee stands twice in one attribution.', {
    code: 'attribution/duplicate-payee',
    facts: { payee: twice.payee },
    tryThis: 'sum what a payee has before it is shared out',
  })
}
