import Table3 from 'cli-table3'

/** One figure, with what a peer reaches at the same where there is one; `ratio` is value over peerValue. */
export type Row = {
  figure: string
  value: number
  unit: string
  peer?: string
  peerValue?: number
  ratio?: number
  /** What must hold, in words, and whether it does. */
  goal?: string
  met?: boolean
  /** The part of the table that it belongs to, where parts are measured by themselves. */
  part?: string
}

export type Table = {
  name: string
  machine: Record<string, string | number>
  versions: Record<string, string>
  seed: number
  rows: Row[]
}

const head = ['figure', 'value', 'unit', 'peer', 'peer value', 'ratio', 'goal']

/** The table for the terminal and as Markdown, with the machine and versions it was measured on. */
export function renderTable({ name, machine, versions, seed, rows }: Table): { terminal: string; markdown: string } {
  const cells = rows.map(({ figure, value, unit, peer, peerValue, ratio, goal, met }) => {
    const judged = goal === undefined ? '' : `${goal}${met === undefined ? '' : met ? ': met' : ': missed'}`
    return [figure, digits(value), unit, peer ?? '', digits(peerValue), digits(ratio), judged]
  })
  const table = new Table3({ head, colAligns: ['left', 'right', 'left', 'left', 'right', 'right', 'left'] })
  table.push(...cells)
  const facts = { ...machine, ...versions, seed }
  const measuredOn = Object.entries(facts)
    .map(([fact, value]) => `${fact} ${value}`)
    .join(', ')
  const line = (row: readonly string[]): string => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = '|---|---:|---|---|---:|---:|---|'
  const markdown = [`# ${name}`, '', line(head), rule, ...cells.map(line), '', measuredOn, '']
  return { terminal: `${table.toString()}\n${measuredOn}`, markdown: markdown.join('\n') }
}

/** Four significant digits, without an exponent for sizes that people read. */
function digits(value: number | undefined): string {
  if (value === undefined) return ''
  if (Number.isInteger(value) || Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en')
  return Math.abs(value) < 1e-4 && value !== 0 ? value.toExponential(2) : String(Number(value.toPrecision(4)))
}
