import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TributaryError } from '../../kernel/index.ts'
import { runForge } from './runForge.ts'

export type Covered = { file: string; lines: Reached; branches: Reached }
type Reached = { hit: number; of: number }

const folder = fileURLToPath(new URL('../../node_modules/.cache/tributary/forge-coverage', import.meta.url))

/**
 * Which lines and branches of our contracts the Forge tests reach, file by file, sorted. Neither interfaces, tests nor
 * libraries of others count.
 * Few fuzz runs: what only many would reach is no test. Cost: 20 s of one core, 8 when nothing changed; the report stays in
 * node_modules/.cache/tributary/forge-coverage/lcov.info. Throws chain/coverage when the tests fail or nothing was measured.
 */
export async function measureCoverage(): Promise<Covered[]> {
  const report = join(folder, 'lcov.info')
  mkdirSync(dirname(report), { recursive: true })
  rmSync(report, { force: true })
  const { code, stdout, stderr } = await runForge(
    // Gas is of optimised code.
    ['coverage', '--no-match-contract', 'GasTest', '--exclude-tests', '--report', 'lcov', '--report-file', report],
    {
      cache: folder,
      quiet: true,
      env: { FOUNDRY_FUZZ_RUNS: '64', FOUNDRY_INVARIANT_RUNS: '8', FOUNDRY_DYNAMIC_TEST_LINKING: 'false' },
    },
  )
  const covered = code === 0 ? coveredBy(readFileSync(report, 'utf8')) : []
  if (covered.length > 0) return covered
  throw new TributaryError('The coverage of the contracts could not be measured.', {
    code: 'chain/coverage',
    facts: { exit: code, said: `${stderr}\n${stdout}`.trim().slice(-400) },
    tryThis: 'run npm run test:contracts and mend what it names',
  })
}

/** An lcov report as counts of our files: LF and LH are lines, BRF and BRH branches. */
export function coveredBy(lcov: string): Covered[] {
  const records = lcov.split('end_of_record').flatMap((record): Covered[] => {
    const file = /^SF:.*chain\/contracts\/(.+)$/m.exec(record)?.[1]
    if (file === undefined || file.endsWith('.t.sol') || file.startsWith('test/')) return []
    const count = (key: string): number => Number(new RegExp(`^${key}:(\\d+)$`, 'm').exec(record)?.[1] ?? 0)
    const lines = { hit: count('LH'), of: count('LF') }
    return lines.of === 0 ? [] : [{ file, lines, branches: { hit: count('BRH'), of: count('BRF') } }]
  })
  return records.toSorted((a, b) => (a.file < b.file ? -1 : 1))
}

/** Of all files together, in per cent. */
export function percentOf(covered: readonly Covered[], what: 'lines' | 'branches'): number {
  const sum = (part: keyof Reached): number => covered.reduce((total, file) => total + file[what][part], 0)
  return (100 * sum('hit')) / sum('of')
}
