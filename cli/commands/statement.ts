import { Command } from 'commander'
import { statement } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { terminalWidth } from '../terminalWidth.ts'
import { drawTable } from '../drawTable.ts'
import { formatOpen, formatWei, TOKEN_SYMBOL } from '../formatWei.ts'

const right = (head: string) => ({ head, align: 'right' }) as const

export const statementCommand = (print: (line: string) => void): Command =>
  new Command('statement')
    .description(statement.summary)
    .argument('<payee>', 'address, or a name such as npm:zod')
    .option('--json', 'print the JSON of the tool')
    .action(async (payee: string, { json }: { json?: boolean }) => {
      const report = await callServerFor(statement, { payee })
      if (json) return print(JSON.stringify(report))
      print(
        `${report.payee}: ${report.accepted} of ${report.samples} samples accepted, earned ${formatWei(BigInt(report.earnedWei))}, claimed ${formatWei(BigInt(report.claimedWei))}`,
      )
      for (const { epoch, earnedWei, owedWei, root, rule, answers } of report.epochs) {
        print(`epoch ${epoch}: ${formatWei(BigInt(earnedWei))}; root ${root.slice(0, 10)}, rule ${rule.slice(0, 10)}`)
        const rows = answers.map(({ receipt, sharePpm, wei, chargedWei }) => [
          receipt,
          `${(sharePpm / 10_000).toFixed(4)} %`,
          formatOpen(BigInt(wei)),
          formatOpen(BigInt(chargedWei)),
        ])
        // Receipts are never cut: they are what `explain` and `audit` are asked with.
        const columns = ['share', `credited ${TOKEN_SYMBOL}`, `charged ${TOKEN_SYMBOL}`].map((head) => right(head))
        print(drawTable([{ head: 'receipt' }, ...columns], rows, terminalWidth()))
        if (owedWei !== '0') print(`  to be set against later gains: ${formatWei(BigInt(owedWei))}`)
      }
    })
