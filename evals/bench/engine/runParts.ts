import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TributaryError } from '../../../kernel/index.ts'
import { prepareBase, type BaseModel } from '../../../models/index.ts'
import { resolveBase } from '../../../provision/index.ts'
import type { Row } from '../../renderTable.ts'
import type { TableOptions } from '../../runTable.ts'
import type { BenchContext, BenchPart } from './BenchContext.ts'

/** Measures the wanted parts of a table with the base model, one after another; each notes the load that it met. */
export async function runParts(
  measures: Record<string, BenchPart>,
  { seed, say, only = Object.keys(measures) }: TableOptions,
  prepare: (base: BaseModel, source: string) => Promise<{ hasInt4: boolean }> = async () => ({ hasInt4: false }),
): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const source = await resolveBase()
  const dir = mkdtempSync(join(tmpdir(), 'tributary-bench-'))
  const versions: Record<string, string> = {}
  try {
    say(`base: ${source.name}`)
    const base = await prepareBase({ file: source.path, into: join(dir, 'base'), name: source.name })
    const context: BenchContext = {
      base,
      source: source.path,
      ...(await prepare(base, source.path)),
      dir,
      seed,
      say,
      noteVersions: (found) => Object.assign(versions, found),
    }
    const rows: Row[] = []
    for (const [part, measure] of Object.entries(measures)) {
      if (!only.includes(part)) continue
      const load = loadavg()[0]!
      const measured = await measure(context).catch((error: unknown) => failed(part, error, say))
      if (measured === undefined) continue
      for (const row of measured) rows.push({ ...row, part })
      rows.push({ figure: `load of the machine before the part ${part}`, value: load, unit: 'processes', part })
    }
    return { rows, versions }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** The other parts go on, and what they measured is kept; the exit code tells. */
function failed(part: string, error: unknown, say: TableOptions['say']): undefined {
  const { message, code, tryThis } = error as Partial<TributaryError>
  say(`part ${part} failed: ${message}${code ? ` [${code}]` : ''}${tryThis ? `; try this: ${tryThis}` : ''}`)
  process.exitCode = 1
}
