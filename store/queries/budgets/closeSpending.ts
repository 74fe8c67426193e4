import { defineQuery } from '../../defineQuery.ts'
import { transaction } from '../../transaction.ts'
import type { Queryable } from '../../store.ts'
import type { SpendingState } from '../../schema/index.ts'
import type { SignLine } from '../traces/appendTrace.ts'
import { budgetLine } from './budgetLine.ts'
import { moveSpending } from './moveSpending.ts'
import { findSpending } from './findSpending.ts'

type Closing = { key: string; reason: string; tx?: string; atMs: number; sign: SignLine }

/** Makes a spending final at what was really charged; what was reserved beyond it is free again. False where it is over already. */
export const settleSpending = defineQuery(
  'settleSpending',
  (store: Queryable, closing: Closing & { spentWei: bigint }): Promise<boolean> =>
    close(store, closing, ['signed', 'reserved'], 'spent', closing.spentWei),
)

/**
 * Frees what was reserved and never can be charged: nobody signed it, or what was signed expired unused. What is signed
 * is freed only by who has looked at the chain (`signed`). False where it is over already.
 */
export const releaseSpending = defineQuery(
  'releaseSpending',
  (store: Queryable, closing: Closing & { signed?: boolean }): Promise<boolean> =>
    close(store, closing, closing.signed ? ['reserved', 'signed'] : ['reserved'], 'released', 0n),
)

async function close(
  store: Queryable,
  { key, reason, tx = '', atMs, sign }: Closing,
  from: readonly SpendingState[],
  to: 'spent' | 'released',
  spentWei: bigint,
): Promise<boolean> {
  return transaction(store, async (inner) => {
    const spending = await findSpending(inner, { key })
    if (!spending || !from.includes(spending.state)) return false
    const approval = spending.within === null ? undefined : await findSpending(inner, { key: spending.within })
    const ending = { from, to, spentWei, reason, tx: tx === '' ? null : tx, atMs }
    if (!(await moveSpending(inner, spending, approval, ending))) return false
    const kind = to === 'spent' ? 'settle' : 'release'
    const used = spending.kind === 'approval' ? spending.spentWei : 0n
    const releasedWei = `${spending.amountWei - used - spentWei}`
    const body = { attempt: spending.attempt, reason, tx, spentWei: `${spentWei}`, releasedWei }
    await budgetLine(inner, { ...spending, name: `${spending.attempt}/${kind}`, kind, body }, sign)
    return true
  })
}
