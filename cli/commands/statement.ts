import { Command } from 'commander'
import { statement } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { terminalWidth } from '../terminalWidth.ts'
import { drawTable } from '../drawTable.ts'
import { formatOpen, formatWei, TOKEN_SYMBOL } from '../formatWei.ts'

type Report = ReturnType<typeof statement.output.parse>

const right = (head: string) => ({ head, align: 'right' }) as const

export const statementCommand = (print: (line: string) => void): Command =>
  new Command('statement')
    .description(statement.summary)
    .argument('<payee>', 'address, or a name such as npm:zod')
    .option('--json', 'print the JSON of the tool')
    .option('--csv', 'print one line an answer, amounts in wei, for a spreadsheet')
    .action(async (payee: string, { json, csv }: { json?: boolean; csv?: boolean }) => {
      const report = await callServerFor(statement, { payee })
      if (json) return print(JSON.stringify(report))
      if (csv) return print(csvOf(report))
      const [earned, claimed, waiting] = [report.earnedWei, report.claimedWei, report.waitingWei].map((wei) =>
        formatWei(BigInt(wei)),
      )
      print(
        `${report.payee}: ${report.accepted} of ${report.samples} samples accepted, earned ${earned}, claimed ${claimed}, waiting ${waiting}`,
      )
      for (const epoch of report.epochs) printEpoch(epoch, print)
    })

function printEpoch(
  {
    epoch,
    earnedWei,
    asServerWei,
    asModelOwnerWei,
    owedWei,
    root,
    accounts,
    answers,
    claimed,
  }: Report['epochs'][number],
  print: (line: string) => void,
): void {
  print(
    `epoch ${epoch}: ${formatWei(BigInt(earnedWei))}, ${claimed ? 'claimed' : 'waiting'}; root ${root.slice(0, 10)}`,
  )
  if (asServerWei !== '0') print(`  as server: ${formatWei(BigInt(asServerWei))}`)
  if (asModelOwnerWei !== '0') print(`  as model owner: ${formatWei(BigInt(asModelOwnerWei))}`)
  for (const { account, creditedWei, chargedWei, owedBeforeWei, paidWei } of accounts) {
    const [credited, charged, before, paid] = [creditedWei, chargedWei, owedBeforeWei, paidWei].map((wei) =>
      formatOpen(BigInt(wei)),
    )
    const [rule, adapter] = account.split(' ')
    print(
      `  ${rule}, adapter ${(adapter ?? '').slice(0, 10)}: credited ${credited}, charged ${charged}, owed from before ${before}: paid ${paid} ${TOKEN_SYMBOL}`,
    )
  }
  const rows = answers.map(({ receipt, rule, sharePpm, samples, wei, chargedWei }) => [
    receipt,
    rule.slice(0, 10),
    String(samples.length),
    `${(sharePpm / 10_000).toFixed(4)} %`,
    formatOpen(BigInt(wei)),
    formatOpen(BigInt(chargedWei)),
  ])
  // Receipts are never cut: they are what `explain` and `audit` are asked with.
  const columns = ['samples', 'share', `credited ${TOKEN_SYMBOL}`, `charged ${TOKEN_SYMBOL}`].map((head) => right(head))
  if (rows.length > 0) print(drawTable([{ head: 'receipt' }, { head: 'rule' }, ...columns], rows, terminalWidth()))
  const repeated = answers.filter(({ evidence }) => evidence === 'provenance').length
  if (repeated > 0)
    print(`  ${repeated} of these answers pay for words that they repeat (provenance), not for influence`)
  if (owedWei !== '0') print(`  to be set against later gains: ${formatWei(BigInt(owedWei))}`)
}

/** Digests, integers and one word a cell: nothing here needs quoting. */
function csvOf({ epochs }: Report): string {
  const head = 'epoch,receipt,datanet,rule,share_ppm,credited_wei,charged_wei,samples,claimed'
  const lines = epochs.flatMap(({ epoch, answers, claimed }) =>
    answers.map(({ receipt, datanet, rule, sharePpm, wei, chargedWei, samples }) =>
      [
        epoch,
        receipt,
        datanet,
        rule,
        sharePpm,
        wei,
        chargedWei,
        samples.map(({ sample }) => sample).join(' '),
        claimed,
      ].join(','),
    ),
  )
  return [head, ...lines].join('\n')
}
