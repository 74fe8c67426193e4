import type { Address } from '../../../kernel/index.ts'
import type { approvals } from '../../schema/index.ts'
import type { Queryable } from '../../store.ts'
import { appendTrace, type SignLine, type TraceLine } from '../traces/appendTrace.ts'

export type Approval = typeof approvals.$inferSelect

/** Who answers for a line: their address names the chain of lines, their key signs each. */
export type Signer = { address: Address; sign: SignLine }

/**
 * Appends a signed line about an approval, in the transaction of what it tells, so that there is none without the other. It names the
 * action by its digest alone.
 */
export function approvalLine(store: Queryable, row: Approval, { address, sign }: Signer): Promise<TraceLine> {
  const { digest, workflow, step, agent, tool, amountWei, state, by, reason, expiresAtMs } = row
  return appendTrace(store, {
    subject: approvalSubject(address),
    key: `${digest}/${state}`,
    kind: `approval/${state === 'waiting' ? 'asked' : state}`,
    body: {
      v: 1,
      digest,
      workflow,
      step,
      agent,
      tool,
      amountWei: amountWei === null ? null : `${amountWei}`,
      by,
      reason,
      expiresAtMs,
    },
    sign,
  })
}

export function approvalSubject(address: Address): string {
  return `approvals/${address.toLowerCase()}`
}
