import { loadavg } from 'node:os'
import type { TributaryError } from '../../../kernel/index.ts'
import type { Row } from '../../renderTable.ts'
import type { TableOptions } from '../../runTable.ts'

/** Measures the wanted parts of a table, one after another; each notes the load that it met. One that fails stops no other. */
export async function measureParts<Context>(
  measures: Record<string, (context: Context) => Promise<Row[]>>,
  { only = Object.keys(measures), say }: Pick<TableOptions, 'only' | 'say'>,
  context: Context,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const [part, measure] of Object.entries(measures)) {
    if (!only.includes(part)) continue
    const load = loadavg()[0]!
    const measured = await measure(context).catch((error: unknown) => failed(part, error, say))
    if (measured === undefined) continue
    for (const row of measured) rows.push({ ...row, part })
    rows.push({ figure: `load of the machine before the part ${part}`, value: load, unit: 'processes', part })
  }
  return rows
}

/** The other parts go on, and what they measured is kept; the exit code tells. */
function failed(part: string, error: unknown, say: TableOptions['say']): undefined {
  const { message, code, tryThis } = error as Partial<TributaryError>
  say(`part ${part} failed: ${message}${code ? ` [${code}]` : ''}${tryThis ? `; try this: ${tryThis}` : ''}`)
  process.exitCode = 1
}
