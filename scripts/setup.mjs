/**
 * What a bare clone lacks, before `npm start`, `npm test` and the others: packages by the lock file, then, on Node 24,
 * the base model and the Temporal server (provision.ts). With `modules`: the packages only.
 * Plain JavaScript on Node 20 up to here. All it says goes to stderr.
 */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureModules } from './setup/ensureModules.mjs'
import { fail } from './setup/fail.mjs'
import { runOnNode24 } from './setup/node24.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail({
    code: 'setup/node-too-old',
    message: `Node ${process.versions.node} is too old.`,
    tryThis: 'install Node 20 or newer (https://nodejs.org)',
  })
}
await ensureModules(root)
if (process.argv[2] !== 'modules') process.exitCode = await runOnNode24(root, [`${root}/scripts/provision.ts`])
