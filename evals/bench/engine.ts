import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'
import { packInt4, prepareBase, type BaseModel } from '../../models/index.ts'
import { resolveBase } from '../../provision/index.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'
import type { BenchContext, BenchPart } from './engine/BenchContext.ts'
import { agreementPart } from './engine/agreementPart.ts'
import { contextPart } from './engine/contextPart.ts'
import { decodePart } from './engine/decodePart.ts'
import { memoryPart } from './engine/memoryPart.ts'
import { singlePart } from './engine/singlePart.ts'
import { thousandPart } from './engine/thousandPart.ts'
import { togetherPart } from './engine/togetherPart.ts'
import { trainPart } from './engine/trainPart.ts'

const measures: Record<string, BenchPart> = {
  decode: decodePart,
  agreement: agreementPart,
  single: singlePart,
  thousand: thousandPart,
  context: contextPart,
  train: trainPart,
  together: togetherPart,
  memory: memoryPart,
}

export const parts = Object.keys(measures)

/**
 * The engine against what people use, on one thread: tokens a CPU-second in decoding, CPU-seconds a sample in training.
 * Peers compute with the same weights in the same run, in turns with ours; medians. CPU seconds are those of whole
 * processes, ours with all that JavaScript adds. Run it on an idle machine: each part notes the load that it met.
 */
export async function run({
  seed,
  say,
  only = parts,
}: TableOptions): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const source = await resolveBase()
  const dir = mkdtempSync(join(tmpdir(), 'tributary-bench-'))
  const versions: Record<string, string> = {}
  try {
    say(`base: ${source.name}`)
    const base = await prepareBase({ file: source.path, into: join(dir, 'base'), name: source.name })
    const context: BenchContext = {
      base,
      source: source.path,
      hasInt4: await isPacked(base, source.path, say),
      dir,
      seed,
      say,
      noteVersions: (found) => Object.assign(versions, found),
    }
    const rows: Row[] = []
    for (const part of parts.filter((name) => only.includes(name))) {
      const load = loadavg()[0]!
      const measured = await measures[part]!(context).catch((error: unknown) => failed(part, error, say))
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

/** Packs for int4; a base that did not come in Q4_1 has no such rows. */
async function isPacked(base: BaseModel, file: string, say: TableOptions['say']): Promise<boolean> {
  try {
    await packInt4({ base, file })
    return true
  } catch (error) {
    if (!(error instanceof TributaryError && error.code === 'models/int4-source')) throw error
    say(`no int4: ${error.message}`)
    return false
  }
}
