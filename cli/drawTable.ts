import { pc } from './colours.ts'
import { fit, wrap, widthOf } from './fitText.ts'

export type Column = {
  head: string
  align?: 'left' | 'right'
  /** Gives way when the table is wider than the terminal: wrapped over at most so many lines. */
  lines?: number
}

const gap = '  '
const narrowest = 8

/** Rows under a head and a rule, no wider than `width`; columns with `lines` share what the others leave. */
export function drawTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const widths = layOut(columns, rows, width)
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, c) => pad(cells[c] ?? '', widths[c] as number, align))
      .join(gap)
      .trimEnd()
  const body = rows.flatMap((row) => {
    const cells = columns.map(({ lines = 1 }, c) => wrap(row[c] ?? '', widths[c] as number, lines))
    const height = Math.max(...cells.map(({ length }) => length))
    return Array.from({ length: height }, (_, i) => line(cells.map((cell) => cell[i] ?? '')))
  })
  const rule = '─'.repeat(widths.reduce((sum, w) => sum + w, 0) + gap.length * (columns.length - 1))
  return [pc.bold(line(columns.map(({ head }) => head))), pc.dim(rule), ...body].join('\n')
}

function layOut(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] {
  const natural = columns.map(({ head }, c) => Math.max(widthOf(head), ...rows.map((row) => widthOf(row[c] ?? ''))))
  const widths = [...natural]
  const total = () => widths.reduce((sum, w) => sum + w, 0) + gap.length * (columns.length - 1)
  // The widest column that may give way loses a character until all fit.
  while (total() > width) {
    let widest = -1
    for (const [c, { lines }] of columns.entries()) {
      const isWider = widest === -1 || (widths[c] as number) > (widths[widest] as number)
      if (lines !== undefined && (widths[c] as number) > narrowest && isWider) widest = c
    }
    if (widest === -1) break
    widths[widest] = (widths[widest] as number) - 1
  }
  return widths
}

function pad(text: string, width: number, align: Column['align'] = 'left'): string {
  const cut = fit(text, width)
  const space = ' '.repeat(width - widthOf(cut))
  return align === 'right' ? space + cut : cut + space
}
