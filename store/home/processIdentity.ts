import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process beyond doubt: pids are reused, a pid with its start time is not. */
export type ProcessIdentity = { host: string; pid: number; started: string }

let own: ProcessIdentity | undefined

export function thisProcess(): ProcessIdentity {
  own ??= { host: hostId(), pid: process.pid, started: startOf(process.pid) ?? 'unknown' }
  return own
}

/** Whether that very process runs on this machine. Undefined when it belongs to another machine or pid namespace. */
export function isAlive({ host, pid, started }: ProcessIdentity): boolean | undefined {
  if (host !== hostId()) return undefined
  return startOf(pid) === started
}

// One process may load this module more than once (worker threads): each instance knows only its own work.
const instance = randomBytes(6).toString('hex')

/** The holder of an effect as one string. */
export function holderName({ host, pid, started }: ProcessIdentity = thisProcess()): string {
  return [host, pid, started, instance].join('|')
}

export function isOwnHolder(holder: string): boolean {
  return holder.endsWith(`|${instance}`)
}

/** Alive by its process where that can be seen from here, else by its lease. */
export function isHolderAlive(holder: string, leaseUntilMs: number): boolean {
  const [host = '', pid = '', started = ''] = holder.split('|')
  return isAlive({ host, pid: Number(pid), started }) ?? leaseUntilMs > Date.now()
}

// Containers on one volume may share a host name but not a pid namespace.
function hostId(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** When the process started, in the system's own words; undefined when there is none (or only its zombie). */
function startOf(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  if (process.platform === 'linux') return linuxStart(pid)
  try {
    const said = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return said === '' ? undefined : said
  } catch {
    return undefined
  }
}

function linuxStart(pid: number): string | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The command's name is in brackets and may hold spaces: count fields from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined
  // Ticks count from the boot, so the boot belongs to the name.
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}+${fields[19]}`
}
