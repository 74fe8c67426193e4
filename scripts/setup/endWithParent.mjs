import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Imported first by what npm or a wrapper of ours starts: a parent that is killed can't tell its child, so the child
 * looks, five times a second. It then dies as its parent did; every step of ours survives that, and a slow farewell
 * would keep the lock of the home from the next start.
 *
 * npm starts a shell that starts us, and the shell outlives npm: so the parent of a shell is watched as well.
 */
const parent = process.ppid
const { name, parent: grandparent } = describe(parent)
const isShell = /^(-?)(sh|dash|bash|zsh|ash|ksh)$/.test(name)

setInterval(() => {
  if (process.ppid !== parent || (isShell && describe(parent).parent !== grandparent))
    process.kill(process.pid, 'SIGKILL')
}, 200).unref()

/** @param {number} pid */
function describe(pid) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const afterName = stat.lastIndexOf(')')
      return {
        name: stat.slice(stat.indexOf('(') + 1, afterName),
        parent: Number(stat.slice(afterName + 2).split(' ')[1]),
      }
    }
    if (process.platform === 'win32') return { name: '', parent: 0 }
    const [above = '', ...path] = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/)
    return { name: path.join(' ').split('/').at(-1) ?? '', parent: Number(above) }
  } catch {
    return { name: '', parent: 0 } // it has ended: so will this process, by its own parent's change
  }
}
