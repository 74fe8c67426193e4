import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepareBase, type BaseModel } from '../../../models/index.ts'
import { resolveBase } from '../../../provision/index.ts'
import type { Row } from '../../renderTable.ts'
import type { TableOptions } from '../../runTable.ts'
import { measureParts } from './measureParts.ts'
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
    const rows = await measureParts(measures, { only, say }, context)
    return { rows, versions }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
