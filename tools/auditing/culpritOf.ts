import type { TributaryError } from '../../kernel/index.ts'
import type { AuditCheck } from './auditCheck.ts'

type Named = { of: string; duty: string }

/** Stored things that guard themselves by their digest: whichever check stumbles over one, it is this thing's fault. */
const guarded: Record<string, Named> = {
  'store/receipt-damaged': { of: 'the receipt', duty: 'the server, which signed it' },
  'store/attribution-damaged': { of: 'the scores', duty: 'the attributor, who scored it' },
  'store/sample-damaged': { of: 'a Datanet sample', duty: 'the Datanet’s keeper' },
  'store/rule-damaged': { of: 'the revenue rule', duty: 'the operator, who keeps it under its digest' },
}

/** Who is at fault, in words: the thing that differs, of which receipt where that is another one, and whose duty it was. */
export function culpritOf(failure: TributaryError, { judges, duty }: AuditCheck, audited: string): string {
  const { what, receipt } = failure.facts
  const named = guarded[failure.code]
  if (named === undefined) return `${typeof what === 'string' ? what : judges}; it was the duty of ${duty}`
  const other = typeof receipt === 'string' && receipt !== audited ? ` of receipt ${receipt}` : ''
  return `${named.of}${other}; it was the duty of ${named.duty}`
}
