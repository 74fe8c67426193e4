/**
 * `npm test`: the checks, the contracts' own tests, then every vitest test, with one summary at the end. All parts run,
 * whatever fails. With arguments: vitest alone, on what they name (`npm test -- store`).
 *
 * TRIBUTARY_REQUIRE_ALL=1 (set by .ci/run): a skipped test, a missing part or a suite that shrank fails the run.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveBase, resolveTemporal } from '../provision/index.ts'
import { root } from './check/checkStep.ts'
import { missingParts } from './test/missingParts.ts'
import { readVitestReport } from './test/readVitestReport.ts'

const requireAll = process.env['TRIBUTARY_REQUIRE_ALL'] === '1'
const filters = process.argv.slice(2)
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
// Set-up has made both: tests find the server and the real base model by these, whatever is on the PATH.
const temporal = resolveTemporal()
const provided = {
  TRIBUTARY_TEST_BASE: (await resolveBase()).path,
  ...(temporal.kind === 'program' ? { TEMPORAL_CLI_PATH: temporal.path } : {}),
}
const failures: string[] = []
let passed = 0

if (filters.length === 0) {
  count('npm run check', await run(process.execPath, ['scripts/check.ts']))
  const contracts = scripts['test:contracts']
  if (contracts !== undefined) count('npm run test:contracts', await run('sh', ['-c', contracts]))
  else if (requireAll) failures.push('the tests of the contracts: no script test:contracts')
}

const folder = mkdtempSync(join(tmpdir(), 'tributary-test-'))
try {
  const outputFile = join(folder, 'vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`]
  const code = await run(join(root, 'node_modules', '.bin', 'vitest'), ['run', ...reporters, ...filters])
  const report = readVitestReport(outputFile)
  passed += report.passed
  failures.push(...report.failed)
  if (code !== 0 && report.failed.length === 0) failures.push(`vitest ended with ${code} and no failed test`)
  if (requireAll && filters.length === 0) failures.push(...missingParts(report))
  for (const title of report.skipped) process.stdout.write(`skipped: ${title}\n`)
} finally {
  rmSync(folder, { recursive: true })
}

for (const failure of failures) process.stdout.write(`failed: ${failure}\n`)
process.stdout.write(`${passed} passed, ${failures.length} failed\n`)
process.exitCode = failures.length === 0 ? 0 : 1

function count(part: string, code: number): void {
  if (code === 0) passed++
  else failures.push(`${part} (exit ${code})`)
}

function run(command: string, args: string[]): Promise<number> {
  const env = {
    ...process.env,
    ...provided,
    PATH: `${join(root, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`,
  }
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
