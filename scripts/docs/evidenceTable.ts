import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

type Row = { figure: string; value: number | null; unit?: string; goal?: string; met?: boolean }
type Table = { machine: { cpu: string; cores: number }; rows: Row[] }

const open = '<!-- table of evals/results/evals-attribution.json: node scripts/docs.ts -->'
const close = '<!-- end of the table -->'
const fractions = ['1 %', '5 %', '10 %', '50 %']

/** Puts what `npm run evals -- attribution` measured into a page, between its two marks; without a table the page stays. */
export function putEvidence(page: string, root: string): string {
  const file = join(root, 'evals', 'results', 'evals-attribution.json')
  const [before, rest] = page.split(open)
  const after = rest?.split(close)[1]
  if (after === undefined || !existsSync(file)) return page
  const { rows, machine } = JSON.parse(readFileSync(file, 'utf8')) as Table
  const ldsTable = lds(rows)
  if (ldsTable === undefined) return page
  const text = `Measured by \`npm run evals -- attribution\` (${machine.cpu}, ${machine.cores} cores; all rows in [the table](../evals/results/evals-attribution.md)):`
  const picture = '![LDS by method with 5 % of the samples removed](pictures/lds.svg)'
  return `${before}${open}\n\n${text}\n\n${ldsTable}\n\n${picture}\n\n${others(rows)}\n\n${close}${after}`
}

/** One row a method, the best at 5 % first; one column a fraction, and one for whole payees: mean and lower bound. */
function lds(rows: readonly Row[]): string | undefined {
  const valueOf = new Map(rows.map(({ figure, value }) => [figure, value]))
  const name = /^(?:lds (?!margin|smollm2)(.+) \d+ %|payee spearman ([^,]+))$/
  const methods = new Set(rows.flatMap(({ figure }) => name.exec(figure)?.slice(1).filter(Boolean) ?? []))
  if (methods.size === 0) return undefined
  const sorted = [...methods].toSorted(
    (a, b) => (valueOf.get(`lds ${b} 5 %`) ?? 0) - (valueOf.get(`lds ${a} 5 %`) ?? 0),
  )
  const cell = (figure: string): string => {
    const mean = valueOf.get(figure)
    const low = valueOf.get(`${figure}, lower 90 % bound`)
    if (mean === undefined || mean === null) return ''
    return low === undefined || low === null ? digits(mean) : `${digits(mean)} (${digits(low)})`
  }
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(['mean (lower bound)', ...fractions.map((fraction) => `${fraction} removed`), 'one payee removed']),
    line(['---', ...fractions.map(() => '---'), '---']),
    ...sorted.map((method) =>
      line([
        method,
        ...fractions.map((fraction) => cell(`lds ${method} ${fraction}`)),
        cell(`payee spearman ${method}`),
      ]),
    ),
  ].join('\n')
}

function others(rows: readonly Row[]): string {
  const shown = rows.filter(({ figure }) =>
    /^(share error|seed|lds smollm2|lds margin|payee effects|replay bytes)/.test(figure),
  )
  return shown
    .filter(({ value }) => value !== null)
    .map(({ figure, value, unit, goal, met }) => {
      const judged = goal === undefined ? '' : `; goal ${goal}, ${met ? 'met' : '**missed**'}`
      return `- ${figure}: ${digits(value!, 4)} ${unit ?? ''}${judged}`
    })
    .join('\n')
}

function digits(value: number, decimals = 3): string {
  return Math.abs(value) < 10 ? value.toFixed(decimals).replace(/^(-?)0\./, '$1.') : value.toPrecision(4)
}
