import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import type { Kill, Moment } from './drawKills.ts'
import type { KeptUp, PartName } from './keepUp.ts'
import { seeded } from './seeded.ts'

export type Killed = {
  parts: PartName[]
  moment: Moment
  atMs: number
  /** Until all of its parts were up again. */
  downMs?: number
  /** Until a client got the next answer. */
  silentMs?: number
}

export type Killer = {
  done: Promise<void>
  killed: Killed[]
  /** How many of the drawn kills are behind us. */
  behind: () => number
  /** To be called with each answer that a client gets. */
  onAnswer: () => void
}

const seen: Record<Exclude<Moment, 'any' | 'starting'>, { sql: string; waitMs: number }> = {
  reserved: { sql: `select 1 from payments where state = 'reserved' limit 1`, waitMs: 4_000 },
  answered: { sql: `select 1 from payments where state = 'answered' limit 1`, waitMs: 4_000 },
  settling: { sql: `select 1 from payments where state = 'settling' limit 1`, waitMs: 4_000 },
  closing: { sql: `select 1 from epochs where state = 'frozen' limit 1`, waitMs: 15_000 },
  proposed: { sql: `select 1 from epochs where state = 'proposed' limit 1`, waitMs: 15_000 },
  final: { sql: `select 1 from epochs where state = 'final' limit 1`, waitMs: 15_000 },
}

/** Kills as drawn: each when so many requests are answered, its part is up, and its moment is there, or did not come. */
export function startKiller(options: {
  kills: readonly Kill[]
  parts: Record<PartName, KeptUp>
  databaseUrl: string
  /** Share of the requests that are behind us. */
  progress: () => number
  seed: number
  say: (line: string) => void
}): Killer {
  const { kills, parts, databaseUrl, progress, seed, say } = options
  const random = seeded(seed + 1)
  const killed: Killed[] = []
  let behind = 0
  const sql = postgres(databaseUrl, { max: 1, connect_timeout: 2, onnotice: () => {}, idle_timeout: 20 })

  async function untilSeen(moment: Exclude<Moment, 'any' | 'starting'>): Promise<boolean> {
    const { sql: look, waitMs } = seen[moment]
    for (const end = Date.now() + waitMs; Date.now() < end; await sleep(4)) {
      const rows = await Promise.race([sql.unsafe(look), sleep(1_000, [])]).catch(() => [])
      if (rows.length > 0) return true
    }
    return false
  }

  async function strike(names: PartName[], moment: Moment): Promise<void> {
    const hits = await Promise.all(names.map((name) => parts[name].kill()))
    const hit = names.filter((_, i) => hits[i])
    if (hit.length === 0) return
    const entry: Killed = { parts: hit, moment, atMs: Date.now() }
    killed.push(entry)
    say(`killed ${hit.join(' and ')} (${moment}), ${behind + 1} of ${kills.length}`)
    void Promise.all(hit.map((name) => parts[name].untilUp())).then(() => (entry.downMs = Date.now() - entry.atMs))
  }

  async function carryOut({ parts: names, moment, at }: Kill): Promise<void> {
    while (progress() < at) await sleep(20)
    await Promise.all(names.map((name) => parts[name].untilUp()))
    if (moment === 'any' || moment === 'starting') {
      await sleep(random.below(400))
      await strike(names, 'any')
      if (moment === 'any') return
      await sleep(random.below(2_500))
      return strike(names, 'starting')
    }
    await strike(names, (await untilSeen(moment)) ? moment : 'any')
  }

  const done = (async () => {
    for (const kill of kills) {
      await carryOut(kill)
      behind++
    }
    await sql.end({ timeout: 1 })
  })()
  return {
    done,
    killed,
    behind: () => behind,
    onAnswer() {
      for (const entry of killed) entry.silentMs ??= Date.now() - entry.atMs
    },
  }
}
