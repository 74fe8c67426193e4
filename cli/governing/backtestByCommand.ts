import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { z } from 'zod'
import { backtestPage, backtestRule } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { pc } from '../colours.ts'
import { drawTable } from '../drawTable.ts'
import { formatOpen, formatWei, TOKEN_SYMBOL } from '../formatWei.ts'
import { terminalWidth } from '../terminalWidth.ts'
import { writePage } from '../writePage.ts'
import { readDocument } from './readDocument.ts'

export type BacktestOptions = { json?: boolean; html?: string }

type Backtest = z.output<typeof backtestRule.output>

const right = (head: string) => ({ head, align: 'right' }) as const

/** `tributary rule backtest`: the tool, then a table, a page or its JSON. */
export async function backtestByCommand(
  file: string,
  { json, html }: BacktestOptions,
  print: (line: string) => void,
): Promise<void> {
  const found = await callServerFor(backtestRule, { rule: await readDocument(file) }, randomUUID())
  if (html !== undefined) await writePage(html, (await callServerFor(backtestPage, { report: found.report })).html)
  if (json) return print(JSON.stringify(found))
  for (const line of backtestLines(found)) print(line)
  if (html !== undefined) print(pathToFileURL(resolve(html)).href)
}

/** The table of a back-test, without its page. */
export function backtestLines({ report, summary, gainers, losers }: Backtest): string[] {
  const { receipts, epochs, payees, gaining, losing, droppedToZero, notReplayed } = summary
  const { paid, proposed, concentration } = summary
  const percent = (ppm: number) => `${(ppm / 10_000).toFixed(2)} %`
  const lines = [
    `${receipts} receipts of ${epochs} epochs, ${payees} payees: ${gaining} would have gained, ${losing} lost, ${droppedToZero} of them everything`,
    '',
  ]
  const roles = [
    ['contributors', 'contributorsWei'],
    ['server', 'serverWei'],
    ['model owner', 'modelOwnerWei'],
    ['treasury', 'treasuryWei'],
    ['Datanets’ pools', 'poolWei'],
  ] as const
  const money = ['paid', 'proposed', 'change'].map((head) => right(`${head} ${TOKEN_SYMBOL}`))
  const rows = roles.map(([name, role]) => moneyRow(name, BigInt(paid[role]), BigInt(proposed[role])))
  lines.push(drawTable([{ head: 'where fees went' }, ...money], rows, terminalWidth()), '')
  const changed = [...gainers, ...losers.toReversed()].map(({ payee, paidWei, proposedWei, changePpm }) => [
    ...moneyRow(payee, BigInt(paidWei), BigInt(proposedWei)),
    changePpm === null ? 'new' : percent(changePpm),
  ])
  if (changed.length > 0)
    lines.push(drawTable([{ head: 'payee', lines: 1 }, ...money, right('part')], changed, terminalWidth()), '')
  const { paid: was, proposed: would } = concentration
  lines.push(
    `Gini of contributors ${percent(was.giniPpm)} → ${percent(would.giniPpm)}; the one with most ${percent(was.top1Ppm)} → ${percent(would.top1Ppm)}, the ten ${percent(was.top10Ppm)} → ${percent(would.top10Ppm)}`,
    `owed by contributors: ${formatWei(BigInt(summary.owed.paidWei))} → ${formatWei(BigInt(summary.owed.proposedWei))}`,
  )
  if (notReplayed.length > 0)
    lines.push(pc.yellow(`not played again, for scores are as they were committed: ${notReplayed.join(', ')}`))
  lines.push(`report ${report}`)
  return lines
}

function moneyRow(name: string, was: bigint, would: bigint): string[] {
  const change = would - was
  const sign = change > 0n ? '+' : change < 0n ? '-' : ''
  return [name, formatOpen(was), formatOpen(would), `${sign}${formatOpen(change < 0n ? -change : change)}`]
}
