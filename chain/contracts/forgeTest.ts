import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { platformBinary } from '../anvil/anvilBinary.ts'

/**
 * `node chain/contracts/forgeTest.ts [forge arguments]`: unit, fuzz and invariant tests of the contracts, offline.
 * Ends with forge's exit code. `FOUNDRY_PROFILE=thorough` takes more runs. `forge` checks its own finding of tests:
 * none found is an error here.
 */
const folder = dirname(fileURLToPath(import.meta.url))
const root = join(folder, '..', '..')
const cache = join(root, 'node_modules', '.cache', 'tributary')
const child = spawn(platformBinary('forge'), ['test', '--root', root, '--json', ...process.argv.slice(2)], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    ...process.env,
    // solcJs.mjs is run by the Node that runs this.
    PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
    FOUNDRY_CONFIG: join(folder, 'foundry.toml'),
    FOUNDRY_OUT: join(cache, 'forge-out'),
    FOUNDRY_CACHE_PATH: join(cache, 'forge-cache'),
    FOUNDRY_DISABLE_NIGHTLY_WARNING: '1',
  },
})
const chunks: Buffer[] = []
child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
const [code] = (await once(child, 'close')) as [number | null]

type Result = { status: string; reason: string | null; kind: Record<string, unknown> }
type Suites = Record<string, { test_results: Record<string, Result> }>
const text = Buffer.concat(chunks).toString('utf8').trim()
const suites = (text.startsWith('{') ? JSON.parse(text) : {}) as Suites
let passed = 0
let failed = 0
for (const [suite, { test_results: results }] of Object.entries(suites)) {
  for (const [name, { status, reason }] of Object.entries(results)) {
    if (status === 'Success') passed++
    else {
      failed++
      console.error(`${suite} ${name}: ${status} ${reason ?? ''}`)
    }
  }
}
if (passed + failed === 0) console.error(`forge ran no test. ${text}`)
console.log(`contracts: ${passed} passed, ${failed} failed`)
process.exitCode = passed > 0 && failed === 0 && code === 0 ? 0 : 1
