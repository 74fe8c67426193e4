/**
 *   node scripts/completeLock.mjs [--check]
 *
 * Adds to package-lock.json the optional packages for other platforms that npm left out because the registry in use
 * lacks them: `npm ci` refuses a lock that misses one. To be run after each change of a dependency.
 * What is known of such a package is its name, its version and, from a sister for another platform, its kind.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { missingOptionals, platformEntry } from './setup/platformEntries.mjs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const missing = missingOptionals(lock.packages)

for (const { name, version, parent } of missing) {
  lock.packages[`node_modules/${name}`] = platformEntry(lock.packages, { name, version, parent })
}
const [root, ...others] = Object.entries(lock.packages)
others.sort(([a], [b]) => a.localeCompare(b, 'en'))
if (!process.argv.includes('--check')) {
  lock.packages = Object.fromEntries([/** @type {[string, unknown]} */ (root), ...others])
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
}
process.stdout.write(`${missing.length} optional packages were missing of ${others.length}\n`)
process.exitCode = process.argv.includes('--check') && missing.length > 0 ? 1 : 0
