// Plain JavaScript, so that the set-up can use it on Node 20, before anything is installed.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { processStart } from './processStart.mjs'

/**
 * Runs `work` while this process alone holds the lock file; waits for a holder that lives, and takes the lock of one
 * that died (pid and start time tell). The file appears with its content, by a link, so that nobody reads half of it.
 *
 * @template T
 * @param {string} file
 * @param {{ say: (line: string) => void, work: () => Promise<T> | T }} options
 * @returns {Promise<T>}
 */
export async function withLock(file, { say, work }) {
  mkdirSync(dirname(file), { recursive: true })
  const own = `${file}.${process.pid}`
  writeFileSync(own, JSON.stringify({ pid: process.pid, start: processStart(process.pid) }))
  try {
    for (let round = 0; !take(own, file); round++) {
      const holder = read(file)
      if (holder === undefined) continue
      const { pid, start } = parse(holder)
      if (processStart(pid) !== start) discard(file, holder)
      else {
        if (round % 40 === 0) say(`waiting for process ${pid}, which holds ${file}`)
        await sleep(250)
      }
    }
  } finally {
    rmSync(own, { force: true })
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

/**
 * @param {string} own
 * @param {string} file
 */
function take(own, file) {
  try {
    linkSync(own, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * Two processes may find the same dead holder: the slower one must not throw away what the faster one just took.
 * @param {string} file
 * @param {string} stale
 */
function discard(file, stale) {
  const aside = `${file}.stale.${process.pid}`
  try {
    renameSync(file, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  if (read(aside) !== stale) take(aside, file)
  rmSync(aside, { force: true })
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * @param {string} text
 * @returns {{ pid: number, start: string | undefined }}
 */
function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return { pid: 0, start: 'a damaged lock is nobody’s' }
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code
}
