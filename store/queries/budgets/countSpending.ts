import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '../../store.ts'
import type { BudgetScope } from '../../schema/index.ts'
import { bucketsOf, ownBuckets, type Bucket, type Spending } from './spendingBuckets.ts'
import { rowsOf } from './rowsOf.ts'

/** A limit that was held against a spending. `afterWei` is what would count with it. */
export type Check = Bucket & { limitWei: string; beforeWei: string; afterWei: string; setBy: string; over: boolean }

/** `missing`: counters that were never written. `kept`: whether the spending is reserved now, by this statement. */
export type Counted = { kept: boolean; missing: number; checks: Check[]; approvalLeftWei: string | null }

export type SpendingToCount = Omit<
  Spending,
  'state' | 'spentWei' | 'drawnWei' | 'attempt' | 'closedAtMs' | 'reason'
> & {
  approval: Spending | undefined
  /** What the caller will pay at most for this one, beside all limits. */
  callLimitWei: bigint | undefined
}

/**
 * The one statement that reserves: locks the counters, compares each limit, and writes all of it or nothing. Concurrent
 * callers meet at the wallet's counters and go one after the other; each sees what the one before has counted.
 */
export async function countSpending(store: Queryable, it: SpendingToCount): Promise<Counted> {
  const { wallet, asset, approval } = it
  const all = bucketsOf(it)
  const own = ownBuckets(it, approval)
  const amount = sql`${it.amountWei.toString()}::numeric`
  const single: BudgetScope = it.kind
  const [row] = await rowsOf<{ kept: unknown; found: unknown; left: unknown; checks: Check[] | null }>(
    store,
    sql`
    with wanted (agent, scope, bucket, counts) as (values ${valuesOf(all, own)}),
    buckets as (
      select u.agent, u.scope, u.bucket, u.reserved_wei + u.spent_wei as used, w.counts
      from budget_uses u join wanted w on (u.agent, u.scope, u.bucket) = (w.agent, w.scope, w.bucket)
      where u.wallet = ${wallet} and u.asset = ${asset}
      order by u.agent, u.scope, u.bucket for update of u
    ),
    found as (select count(*) as n from buckets),
    limits as (
      select l.agent, l.scope, l.bucket, l.limit_wei, l.set_by from budget_limits l
      where l.wallet = ${wallet} and l.asset = ${asset} and (select n from found) >= 0
        and (exists (select 1 from wanted w where w.agent = l.agent and w.scope = l.scope and l.bucket in ('', w.bucket))
          or (l.scope = ${single} and l.agent in ('', ${it.agent}) and l.bucket = ''))
      order by l.agent, l.scope, l.bucket, l.set_by for share of l
    ),
    checks as (
      select l.agent, l.scope, coalesce(b.bucket, '') as bucket, l.limit_wei, l.set_by, coalesce(b.used, 0) as before,
        coalesce(b.used, 0) + case when coalesce(b.counts, true) then ${amount} else 0 end as after
      from limits l left join buckets b on b.agent = l.agent and b.scope = l.scope and l.bucket in ('', b.bucket)
      ${it.callLimitWei === undefined ? sql`` : sql`union all select '', ${single}, '', ${it.callLimitWei.toString()}::numeric, 'call', 0, ${amount}`}
    ),
    cover as (
      select s.amount_wei - s.spent_wei - s.drawn_wei as rest from spendings s
      where s.key = ${it.within} and s.state = 'signed' and (select n from found) >= 0 for update of s
    ),
    kept as (
      insert into spendings (key, wallet, asset, agent, run, day, counterparty, kind, within, state, amount_wei,
        spent_wei, drawn_wei, attempt, expires_at_ms, reserved_at_ms, scheme)
      select ${it.key}, ${wallet}, ${asset}, ${it.agent}, ${it.run}, ${it.day}, ${it.counterparty}, ${it.kind},
        ${it.within}, 'reserved', ${amount}, 0, 0, 1, ${it.expiresAtMs}::bigint, ${it.reservedAtMs}::bigint, ${it.scheme}
      where (select n from found) = ${all.length} and not exists (select 1 from checks where after > before and after > limit_wei)
        and ${approval === undefined ? sql`true` : sql`(select rest from cover) >= ${amount}`}
      on conflict (key) do update set wallet = excluded.wallet, asset = excluded.asset, agent = excluded.agent,
        run = excluded.run, day = excluded.day, counterparty = excluded.counterparty, kind = excluded.kind,
        within = excluded.within, state = 'reserved', amount_wei = excluded.amount_wei, spent_wei = 0, drawn_wei = 0,
        attempt = spendings.attempt + 1, expires_at_ms = excluded.expires_at_ms, scheme = excluded.scheme,
        reserved_at_ms = excluded.reserved_at_ms, nonce = null, valid_before_ms = null, tx = null, reason = null, closed_at_ms = null
      where spendings.state = 'released'
      returning key
    ),
    counted as (
      update budget_uses u set reserved_wei = u.reserved_wei + ${amount} from kept, wanted w
      where u.wallet = ${wallet} and u.asset = ${asset} and w.counts
        and (u.agent, u.scope, u.bucket) = (w.agent, w.scope, w.bucket)
      returning 1
    ),
    drawn as (
      update spendings s set drawn_wei = s.drawn_wei + ${amount} from kept where s.key = ${it.within} returning 1
    )
    select (select count(*) from kept) as kept, (select n from found) as found, (select rest::text from cover) as left,
      (select json_agg(json_build_object('agent', agent, 'scope', scope, 'bucket', bucket, 'setBy', set_by,
        'limitWei', limit_wei::text, 'beforeWei', before::text, 'afterWei', after::text,
        'over', after > before and after > limit_wei) order by agent, scope, bucket, set_by) from checks) as checks`,
  )
  const checks = row?.checks ?? []
  return {
    kept: Number(row?.kept) === 1,
    missing: all.length - Number(row?.found),
    checks,
    approvalLeftWei: (row?.left as string | null) ?? null,
  }
}

/** Writes the counters of a spending, at zero, where they are not there yet. */
export async function openBuckets(store: Queryable, { wallet, asset, ...placed }: SpendingToCount): Promise<void> {
  const rows = bucketsOf(placed).map(
    ({ agent, scope, bucket }) => sql`(${wallet}, ${asset}, ${agent}, ${scope}, ${bucket}, 0, 0, 0)`,
  )
  await rowsOf(
    store,
    sql`insert into budget_uses (wallet, asset, agent, scope, bucket, reserved_wei, spent_wei, released_wei)
      values ${sql.join(rows, sql`, `)} on conflict do nothing`,
  )
}

function valuesOf(all: readonly Bucket[], own: readonly Bucket[]): SQL {
  const counts = new Set(own.map(({ agent, scope, bucket }) => JSON.stringify([agent, scope, bucket])))
  const rows = all.map(
    ({ agent, scope, bucket }) =>
      sql`(${agent}::text, ${scope}::text, ${bucket}::text, ${counts.has(JSON.stringify([agent, scope, bucket]))}::boolean)`,
  )
  return sql.join(rows, sql`, `)
}
