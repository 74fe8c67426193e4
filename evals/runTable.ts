/**
 *   npm run bench -- <name> [--only part,part] [--json] [--seed N]     tables of speed, evals/bench/<name>.ts
 *   npm run evals -- <name> [--only part,part] [--data FOLDER] [--json] [--seed N]    of quality, evals/evals/<name>.ts
 *
 * A table's module exports `run({ seed, say, only })`, which gives its rows, and `parts`, where parts of it can be
 * measured by themselves: their rows then replace those of the same parts in the stored table of the same machine,
 * versions and seed. Prints a table, or with --json one object alone on stdout; writes both under evals/results/.
 * `--data` names a folder of Datanets, else TRIBUTARY_DATA does. Progress goes to stderr. An unknown name lists the names.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { TributaryError } from '../kernel/index.ts'
import { describeMachine, describeVersions } from './describeMachine.ts'
import { mergeTables } from './mergeTables.ts'
import { renderTable, type Row, type Table } from './renderTable.ts'

export type TableOptions = { seed: number; say: (line: string) => void; only?: readonly string[] }
export type TableModule = {
  parts?: readonly string[]
  /** Also gives versions of what else computed. */
  run: (options: TableOptions) => Promise<Row[] | { rows: Row[]; versions: Record<string, string> }>
}

const here = import.meta.dirname
const kinds = ['bench', 'evals'] as const

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      data: { type: 'string' },
    },
  })
  const [kind = '', name = ''] = positionals
  if (values.data !== undefined) process.env['TRIBUTARY_DATA'] = resolve(values.data)
  const table = await makeTable(kind, name, { seed: Number(values.seed), only: values.only?.split(',') })
  const json = JSON.stringify(table, null, 2)
  const text = renderTable(table)
  const results = join(here, 'results')
  mkdirSync(results, { recursive: true })
  writeFileSync(join(results, `${kind}-${name}.json`), `${json}\n`)
  writeFileSync(join(results, `${kind}-${name}.md`), text.markdown)
  // A part that failed may have left workers or peers open.
  process.stdout.write(`${values.json ? json : text.terminal}\n`, () => process.exit())
} catch (error) {
  if (!(error instanceof TributaryError)) throw error
  const facts = Object.entries(error.facts).map(([fact, value]) => `  ${fact}: ${String(value)}\n`)
  process.stderr.write(`${error.message} [${error.code}]\n${facts.join('')}  try this: ${error.tryThis}\n`)
  process.exit(1)
}

type Wanted = { seed: number; only: string[] | undefined }

async function makeTable(kind: string, name: string, { seed, only }: Wanted): Promise<Table> {
  if (!kinds.some((known) => known === kind)) throw unknown('table', kind, [...kinds])
  if (!Number.isSafeInteger(seed)) {
    throw new TributaryError('A seed is a whole number.', {
      code: 'evals/seed',
      tryThis: 'leave --seed out, or give a whole number',
    })
  }
  const names = readdirSync(join(here, kind))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -3))
  if (!names.includes(name)) throw unknown('table', name, names)
  const { run, parts = [] } = (await import(join(here, kind, `${name}.ts`))) as TableModule
  for (const part of only ?? []) if (!parts.includes(part)) throw unknown('part', part, [...parts])
  const say = (line: string): boolean => process.stderr.write(`${name}: ${line}\n`)
  const result = await run({ seed, say, ...(only ? { only } : {}) })
  const { rows, versions } = Array.isArray(result) ? { rows: result, versions: {} } : result
  if (rows.length === 0)
    throw new TributaryError('The table has no rows.', {
      code: 'evals/empty',
      tryThis: `look into evals/${kind}/${name}.ts`,
    })
  const fresh = { name, machine: describeMachine(), versions: { ...describeVersions(), ...versions }, seed, rows }
  return only ? mergeTables(fresh, stored(kind, name), parts) : fresh
}

/** The table that is kept, if there is one. */
function stored(kind: string, name: string): Table | undefined {
  try {
    return JSON.parse(readFileSync(join(here, 'results', `${kind}-${name}.json`), 'utf8')) as Table
  } catch {
    // None yet, or one that was cut: this run begins a new one.
    return undefined
  }
}

function unknown(what: 'table' | 'part', name: string, names: string[]): TributaryError {
  return new TributaryError(name === '' ? `Which ${what}?` : `There is no ${what} ${name}.`, {
    code: 'evals/unknown',
    facts: { name },
    tryThis: names.length === 0 ? 'there are none yet' : `one of: ${names.join(', ')}`,
  })
}
