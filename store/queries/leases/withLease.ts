import { setTimeout as sleep } from 'node:timers/promises'
import { TributaryError } from '../../../kernel/index.ts'
import { holderName, isHolderAlive, isOwnHolder } from '../../home/processIdentity.ts'
import type { Queryable, Store } from '../../store.ts'
import { inTurn } from './inTurn.ts'
import { leaseBusy } from './leaseBusy.ts'
import { releaseLease } from './releaseLease.ts'
import { renewLease } from './renewLease.ts'
import { takeLease } from './takeLease.ts'

export type LeaseOptions = {
  /** What only one may work on: `payment/<payer>/<nonce>`. */
  key: string
  /** How long a holder that says nothing is believed to be at work. */
  leaseMs?: number
  /** How long to wait for another holder. */
  waitMs?: number
}

const longestPauseMs = 100

// Takers and holders of this very module: a row that names us but is not here was left behind by a failed write.
const held = new Set<string>()
let taken = 0

/**
 * Work that one process at a time does, among all that share the database. Whoever comes meanwhile waits, then gets its
 * turn and has to look at what the one before has stored. A holder whose process has ended on this machine is replaced
 * at once, one on another machine when its lease is over; `signal` aborts when ours was taken over (this process was
 * stopped for longer than a lease), so a write that must not happen twice needs its own condition as well.
 * In an embedded database, which no other process can open, it is a line in memory.
 * Cost: two small writes on a server. Throws store/lease-busy (retry) after `waitMs`, and what `work` throws.
 */
export async function withLease<T>(
  store: Queryable & Partial<Pick<Store, 'kind'>>,
  { key, leaseMs = 15_000, waitMs = 120_000 }: LeaseOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (store.kind === 'pglite') return inTurn(store.db, { key, waitMs }, work)
  // The holder's own name comes last, for isOwnHolder. Known before the row is, so that nobody here takes us for dead.
  const holder = `${taken++}@${holderName()}`
  held.add(holder)
  try {
    await take(store, { key, holder, leaseMs, waitMs })
    return await hold(store, { key, holder, leaseMs }, work)
  } finally {
    held.delete(holder)
    // What cannot be let go now is let go by its end.
    await releaseLease(store, { key, holder }).catch(() => undefined)
  }
}

type Held = { key: string; holder: string; leaseMs: number }

async function hold<T>(
  store: Queryable,
  { key, holder, leaseMs }: Held,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController()
  const renew = async (): Promise<void> => {
    if (!(await renewLease(store, { key, holder, leaseMs }))) lost.abort(lostTo(key))
  }
  // A renewal that fails is no verdict: the next one tells.
  const renewal = setInterval(() => void renew().catch(() => undefined), leaseMs / 3)
  renewal.unref()
  try {
    return await work(lost.signal)
  } finally {
    clearInterval(renewal)
  }
}

async function take(store: Queryable, { key, holder, leaseMs, waitMs }: Held & { waitMs: number }): Promise<void> {
  const endMs = Date.now() + waitMs
  let instead: string | undefined
  for (let pauseMs = 5; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const lease = await takeLease(store, { key, holder, leaseMs, ...(instead === undefined ? {} : { instead }) })
    if (lease.won) return
    instead = isDead(lease.holder) ? lease.holder : undefined
    if (instead !== undefined) continue
    if (Date.now() >= endMs) throw leaseBusy(key, waitMs)
    await sleep(pauseMs)
  }
}

/** Whether the holder is surely gone, as far as it can be seen from here; else its lease has to end. */
function isDead(holder: string): boolean {
  if (holder === '') return false
  if (isOwnHolder(holder)) return !held.has(holder)
  return !isHolderAlive(holder.slice(holder.indexOf('@') + 1), Infinity)
}

function lostTo(key: string): TributaryError {
  return new TributaryError('Another process took this work over: ours had not been heard of for too long.', {
    code: 'store/lease-lost',
    facts: { key },
    tryThis: 'call again: what the other makes is stored',
    retry: true,
  })
}
