import { sql } from 'drizzle-orm'
import type { Queryable } from '../../store.ts'
import type { SpendingState } from '../../schema/index.ts'
import { bucketsOf, ownBuckets, type Bucket, type Spending } from './spendingBuckets.ts'
import { rowsOf } from './rowsOf.ts'

type Change = Bucket & { reserved: bigint; spent: bigint; released: bigint }

/** How a spending ends: what of it was charged, and why. Amounts are whole wei. */
export type Ending = {
  from: readonly SpendingState[]
  to: 'spent' | 'released'
  spentWei: bigint
  reason: string
  tx: string | null
  atMs: number
}

/**
 * Ends a spending in one statement: what was charged moves from reserved to spent, the rest is released. False where it
 * is in no state of `from` any more, so that a repetition changes nothing. Of a payment out of an approval, what was
 * charged is spent of the approval as well.
 */
export async function moveSpending(
  store: Queryable,
  spending: Spending,
  approval: Spending | undefined,
  { from, to, spentWei, reason, tx, atMs }: Ending,
): Promise<boolean> {
  const amountWei = spending.amountWei - (spending.kind === 'approval' ? spending.spentWei : 0n)
  const own = ownBuckets(spending, approval).map((at) => ({
    ...at,
    reserved: -amountWei,
    spent: spentWei,
    released: amountWei - spentWei,
  }))
  const theirs = approval ? bucketsOf(approval) : []
  const changes: Change[] = [
    ...own,
    ...theirs.map((at) => ({ ...at, reserved: -spentWei, spent: spentWei, released: 0n })),
  ]
  const rows = changes.map(
    ({ agent, scope, bucket, reserved, spent, released }) =>
      sql`(${agent}::text, ${scope}::text, ${bucket}::text, ${`${reserved}`}::numeric, ${`${spent}`}::numeric, ${`${released}`}::numeric)`,
  )
  const states = sql.join(
    from.map((state) => sql`${state}`),
    sql`, `,
  )
  const moved = await rowsOf(
    store,
    sql`
    with changes (agent, scope, bucket, reserved, spent, released) as (values ${sql.join(rows, sql`, `)}),
    locked as (
      select u.agent from budget_uses u join changes c on (u.agent, u.scope, u.bucket) = (c.agent, c.scope, c.bucket)
      where u.wallet = ${spending.wallet} and u.asset = ${spending.asset}
      order by u.agent, u.scope, u.bucket for update of u
    ),
    closed as (
      update spendings s set state = ${to}, reason = ${reason}, tx = ${tx}, closed_at_ms = ${atMs}::bigint,
        spent_wei = s.spent_wei + ${`${spentWei}`}::numeric
      where s.key = ${spending.key} and s.attempt = ${spending.attempt} and s.state in (${states}) and s.drawn_wei = 0
        and s.spent_wei = ${`${spending.spentWei}`}::numeric and (select count(*) from locked) >= 0
      returning s.key
    ),
    covering as (
      update spendings a set drawn_wei = a.drawn_wei - ${`${spending.amountWei}`}::numeric,
        spent_wei = a.spent_wei + ${`${spentWei}`}::numeric
      from closed where a.key = ${spending.within} returning 1
    ),
    counted as (
      update budget_uses u set reserved_wei = u.reserved_wei + c.reserved, spent_wei = u.spent_wei + c.spent,
        released_wei = u.released_wei + c.released
      from closed, changes c
      where u.wallet = ${spending.wallet} and u.asset = ${spending.asset}
        and (u.agent, u.scope, u.bucket) = (c.agent, c.scope, c.bucket)
      returning 1
    )
    select key from closed`,
  )
  return moved.length > 0
}
