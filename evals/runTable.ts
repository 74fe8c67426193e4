/**
 *   npm run bench -- <name> [--json] [--seed N]        tables of speed, evals/bench/<name>.ts
 *   npm run evals -- <name> [--json] [--seed N]        tables of quality, evals/evals/<name>.ts
 *
 * A table's module exports `run({ seed, say })`, which gives its rows. Prints a table, or with --json one object alone
 * on stdout; writes both under evals/results/. Progress goes to stderr. An unknown name lists the names.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { TributaryError } from '../kernel/index.ts'
import { describeMachine, describeVersions } from './describeMachine.ts'
import { renderTable, type Row, type Table } from './renderTable.ts'

export type TableModule = { run: (options: { seed: number; say: (line: string) => void }) => Promise<Row[]> }

const here = import.meta.dirname
const kinds = ['bench', 'evals'] as const

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } },
  })
  const [kind = '', name = ''] = positionals
  const table = await makeTable(kind, name, Number(values.seed))
  const json = JSON.stringify(table, null, 2)
  const text = renderTable(table)
  const results = join(here, 'results')
  mkdirSync(results, { recursive: true })
  writeFileSync(join(results, `${kind}-${name}.json`), `${json}\n`)
  writeFileSync(join(results, `${kind}-${name}.md`), text.markdown)
  process.stdout.write(`${values.json ? json : text.terminal}\n`)
} catch (error) {
  if (!(error instanceof TributaryError)) throw error
  process.stderr.write(`${error.message} [${error.code}]\n  try this: ${error.tryThis}\n`)
  process.exitCode = 1
}

async function makeTable(kind: string, name: string, seed: number): Promise<Table> {
  if (!kinds.some((known) => known === kind)) throw unknown(kind, [...kinds])
  if (!Number.isSafeInteger(seed)) {
    throw new TributaryError('A seed is a whole number.', {
      code: 'evals/seed',
      tryThis: 'leave --seed out, or give a whole number',
    })
  }
  const names = readdirSync(join(here, kind))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -3))
  if (!names.includes(name)) throw unknown(name, names)
  const { run } = (await import(join(here, kind, `${name}.ts`))) as TableModule
  const rows = await run({ seed, say: (line) => process.stderr.write(`${name}: ${line}\n`) })
  if (rows.length === 0)
    throw new TributaryError('The table has no rows.', {
      code: 'evals/empty',
      tryThis: `look into evals/${kind}/${name}.ts`,
    })
  return { name, machine: describeMachine(), versions: describeVersions(), seed, rows }
}

function unknown(name: string, names: string[]): TributaryError {
  return new TributaryError(name === '' ? 'Which table?' : `There is no table ${name}.`, {
    code: 'evals/unknown',
    facts: { name },
    tryThis: names.length === 0 ? 'there are none yet' : `one of: ${names.join(', ')}`,
  })
}
