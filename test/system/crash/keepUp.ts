import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSupervised, type ServerCommand, type Supervised } from '../../../servers/index.ts'
import { killTree } from './killTree.ts'

export const partNames = ['gateway', 'engine', 'temporal', 'database', 'chain'] as const
export type PartName = (typeof partNames)[number]

/** One of the five parts, as a process of its own. */
export type Part = Omit<ServerCommand, 'name' | 'home'> & {
  name: PartName
  /** Whether it does its work now. `logFrom`: where the log of this start begins. */
  isReady: (at: { logFile: string; logFrom: number }) => Promise<boolean>
}

export type KeptUp = {
  name: PartName
  /** SIGKILL of the process that runs or starts now, and of its children. False where there is none at the moment. */
  kill: () => Promise<boolean>
  isUp: () => boolean
  /** Resolves when it is up; waits for a start that is under way. */
  untilUp: () => Promise<void>
  /** How often it was started, ended by itself, and did not come up within `patienceMs`. */
  counts: { starts: number; ownEnds: number; stuckStarts: number; slowestStartMs: number }
  stop: () => Promise<void>
}

const restartMs = 100
const lookMs = 50
const patienceMs = 120_000

/** What systemd is to a server: it starts the part, and starts it again whenever it has ended. */
export function keepUp(part: Part, home: string): KeptUp {
  const counts = { starts: 0, ownEnds: 0, stuckStarts: 0, slowestStartMs: 0 }
  let server: Supervised | undefined
  const now = { isUp: false, stopping: false }
  let killed = false

  async function lifetime(): Promise<void> {
    const { isReady, ...command } = part
    const began = performance.now()
    const logFrom = statSync(join(home, 'logs', `${part.name}.log`), { throwIfNoEntry: false })?.size ?? 0
    server = await startSupervised({ ...command, home })
    counts.starts++
    killed = false
    const life = { over: false }
    const exited = server.exited.then(() => (life.over = true))
    while (!life.over && !(await isReady({ logFile: server.logFile, logFrom }).catch(() => false))) {
      await Promise.race([exited, sleep(lookMs)])
      if (life.over || performance.now() - began < patienceMs) continue
      counts.stuckStarts++
      await killTree(server.pid)
    }
    now.isUp = !life.over
    if (now.isUp) counts.slowestStartMs = Math.max(counts.slowestStartMs, performance.now() - began)
    await exited
    now.isUp = false
    server = undefined
    if (!killed && !now.stopping) counts.ownEnds++
  }

  // A supervised server keeps nobody alive: as long as this runs, we stay.
  const stay = setInterval(() => undefined, 60_000)
  const running = (async () => {
    while (!now.stopping) {
      await lifetime().catch(() => undefined)
      if (!now.stopping) await sleep(restartMs)
    }
  })()
  return {
    name: part.name,
    counts,
    isUp: () => now.isUp,
    async untilUp() {
      while (!now.isUp) await sleep(lookMs)
    },
    async kill() {
      if (!server) return false
      const victim = server
      killed = true
      now.isUp = false
      await killTree(victim.pid)
      await victim.exited
      return true
    },
    async stop() {
      now.stopping = true
      if (server) await killTree(server.pid)
      await running
      clearInterval(stay)
    },
  }
}
