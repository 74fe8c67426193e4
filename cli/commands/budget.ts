import { Command } from 'commander'
import { budgetStatus, budgetTrail } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { drawTable } from '../drawTable.ts'
import { formatOpen, formatWei, TOKEN_SYMBOL } from '../formatWei.ts'
import { readTrail } from '../readTrail.ts'
import { terminalWidth } from '../terminalWidth.ts'

type Options = { all?: boolean; json?: boolean; trail?: boolean; check?: string }

export const budgetCommand = (print: (line: string) => void): Command =>
  new Command('budget')
    .description(`${budgetStatus.summary} Limits are set by: tributary tools set-budget`)
    .option('--all', 'also runs and days that are over')
    .option('--json', 'print the JSON of the tool')
    .option('--trail', 'print every decision as signed lines, JSON')
    .option('--check <file>', 'check lines that --trail printed, here and now, without a server')
    .action(async ({ all = false, json, trail, check }: Options) => {
      if (check !== undefined) return print(await checked(check))
      if (trail) return print(JSON.stringify(await callServerFor(budgetTrail, { count: 10_000 })))
      const status = await callServerFor(budgetStatus, { all })
      if (json) return print(JSON.stringify(status))
      print(`${status.wallet} pays in ${status.asset}`)
      const rows = status.rows.map((row) => [
        row.agent === '' ? 'all agents' : row.agent,
        row.scope,
        row.bucket,
        row.limitWei === null ? 'none' : formatOpen(BigInt(row.limitWei)),
        formatOpen(BigInt(row.spentWei)),
        formatOpen(BigInt(row.reservedWei)),
        row.leftWei === null ? '' : formatOpen(BigInt(row.leftWei)),
      ])
      if (rows.length > 0) print(drawTable(columns, rows, terminalWidth()))
      else print('No limit is set, and nothing was spent.')
      for (const { key, of, state, amountWei, counterparty, untilMs } of status.open) {
        const until = untilMs === null ? '' : `, until ${new Date(untilMs).toISOString()}`
        print(`${state}: ${of} of ${formatWei(BigInt(amountWei))} to ${counterparty}${until} (${key.slice(0, 60)})`)
      }
    })

const money = (head: string) => ({ head: `${head} ${TOKEN_SYMBOL}`, align: 'right' }) as const
const columns = [
  { head: 'who' },
  { head: 'limit per' },
  { head: 'which', lines: 2 },
  money('limit'),
  money('spent'),
  money('reserved'),
  money('left'),
]

async function checked(file: string): Promise<string> {
  const { checkTrail } = await import('../../tools/index.ts')
  const text = readTrail(file, { print: 'budget --trail', check: 'budget --check' })
  const { lines, allowed, denied } = await checkTrail(budgetTrail.output.parse(text))
  return `${lines} lines, each signed by the wallet and hashed over the one before: ${allowed} allowed, ${denied} denied`
}
