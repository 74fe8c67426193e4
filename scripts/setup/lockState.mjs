import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, os?: string | string[],
 *   cpu?: string | string[], libc?: string | string[] }} LockEntry
 */

/**
 * What of the lock is not in node_modules, by npm's own note of what it installed (`node_modules/.package-lock.json`),
 * so that a hand-made `npm ci` counts. Optional packages for other platforms may be absent; so may those that an
 * earlier install could not get (`skipped`).
 *
 * @param {string} root
 * @returns {string[]} one short line for each difference; empty when all fits
 */
export function lockDifferences(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  if (wanted === undefined) return ['package-lock.json is missing']
  const there = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  if (there === undefined) return ['node_modules is missing']
  const skipped = new Set(readSkipped(root))
  const differences = []
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link) continue
    const found = there[path]
    if (found === undefined || !existsSync(join(root, path, 'package.json'))) {
      if (!entry.optional) differences.push(`${path} is missing`)
      else if (fitsThisMachine(entry) && !skipped.has(path)) differences.push(`${path} is missing`)
    } else if (found.version !== entry.version) {
      differences.push(`${path} is ${found.version}, not ${entry.version}`)
    } else if (entry.integrity !== undefined && found.integrity !== entry.integrity) {
      differences.push(`${path} has other bytes`)
    }
  }
  return differences
}

/**
 * The packages that npm's note and the lock can disagree on without a fault: after an install, the optional ones that
 * fit this machine and could not be had.
 * @param {string} root
 */
export function optionalAbsentees(root) {
  const wanted = packagesOf(join(root, 'package-lock.json')) ?? {}
  return Object.entries(wanted)
    .filter(
      ([path, entry]) => entry.optional && fitsThisMachine(entry) && !existsSync(join(root, path, 'package.json')),
    )
    .map(([path]) => path)
}

/** @param {string} root */
export function skippedFile(root) {
  return join(root, 'node_modules', '.tributary-skipped.json')
}

/** @param {string} root @returns {string[]} */
function readSkipped(root) {
  return existsSync(skippedFile(root)) ? JSON.parse(readFileSync(skippedFile(root), 'utf8')) : []
}

/** @param {string} file @returns {Record<string, LockEntry> | undefined} */
function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined
}

/** @param {LockEntry} entry */
function fitsThisMachine({ os, cpu, libc }) {
  return (
    fits(os, process.platform) && fits(cpu, process.arch) && (process.platform !== 'linux' || fits(libc, libcHere()))
  )
}

/** @param {string | string[] | undefined} wanted @param {string} here */
function fits(wanted, here) {
  const list = [wanted ?? []].flat()
  const barred = list.filter((name) => name.startsWith('!')).map((name) => name.slice(1))
  const allowed = list.filter((name) => !name.startsWith('!'))
  return !barred.includes(here) && (allowed.length === 0 || allowed.includes(here))
}

function libcHere() {
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport())
  return report.header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'
}
