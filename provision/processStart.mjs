// Plain JavaScript, so that the set-up can use it on Node 20, before anything is installed.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * A mark that tells a process from a later one with the same pid, or undefined when no such process runs.
 * On Linux: boot id and start tick from /proc; elsewhere what `ps` says.
 * A zombie counts as gone: it holds neither ports nor files.
 *
 * @param {number} pid
 * @returns {string | undefined}
 */
export function processStart(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  if (process.platform === 'linux') return startByProc(pid)
  if (!isAlive(pid)) return undefined
  if (process.platform === 'win32') return 'alive'
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return started === '' ? undefined : started
  } catch {
    return undefined // ps exits with 1 when there is no such process
  }
}

/** @param {number} pid */
function startByProc(pid) {
  try {
    // The command name, in brackets, may hold spaces: count the fields after the last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`
  } catch {
    return undefined // no such process (any more)
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
