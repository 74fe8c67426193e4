import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Command } from 'commander'
import { epochReport } from '../../tools/definitions.ts'
import { callServerFor } from '../callServer.ts'
import { drawTable } from '../drawTable.ts'
import { formatOpen, formatWei, TOKEN_SYMBOL } from '../formatWei.ts'
import { parseCount } from '../parseCount.ts'
import { terminalWidth } from '../terminalWidth.ts'
import { writePage } from '../writePage.ts'

type Options = { json?: boolean; html?: string; export?: string }
type Report = ReturnType<typeof epochReport.output.parse>

const right = (head: string) => ({ head, align: 'right' }) as const

export const epochCommand = (print: (line: string) => void): Command =>
  new Command('epoch')
    .description(epochReport.summary)
    .argument('[number]', 'of the epoch; the last one that was split unless given', parseCount({ min: 1 }))
    .option('--json', 'print the JSON of the tool')
    .option('--html <file>', 'write a page for a browser, with a Lorenz curve')
    .option('--export <folder>', 'write what is published of it: an index with its pages, to claim and to check from')
    .action(async (epoch: number | undefined, { json, html: file, export: folder }: Options) => {
      if (folder !== undefined) {
        const { exportEpoch } = await import('../claiming/exportEpoch.ts')
        return print(await exportEpoch(folder, epoch))
      }
      const report = await callServerFor(epochReport, epoch === undefined ? {} : { epoch })
      if (file !== undefined) {
        const { drawEpochPage } = await import('../../tools/index.ts')
        await writePage(file, drawEpochPage(report))
        return print(json ? JSON.stringify(report) : pathToFileURL(resolve(file)).href)
      }
      if (json) return print(JSON.stringify(report))
      printReport(report, print)
    })

function printReport(report: Report, print: (line: string) => void): void {
  const { epoch, state, receipts, takes, concentration } = report
  print(`epoch ${epoch}, ${state}: ${receipts} answers, ${formatWei(BigInt(report.receivedWei))} received\n`)
  const money = {
    contributors: report.contributorsWei,
    servers: report.serversWei,
    'model owners': report.modelOwnersWei,
    treasury: report.treasuryWei,
    pool: report.poolWei,
    'claimed so far': report.claimedWei,
  }
  const rows = Object.entries(money).map(([name, wei]) => [name, formatOpen(BigInt(wei))])
  print(drawTable([{ head: 'to' }, right(TOKEN_SYMBOL)], rows, terminalWidth()))
  print('')
  print(
    drawTable(
      [{ head: 'take' }, right('taken'), right('ceiling of the rule'), right('of the contract')],
      takes.map(({ part, ppm, ruleCeilingPpm, contractCeilingPpm }) => [
        part,
        percent(ppm),
        percent(ruleCeilingPpm),
        percent(contractCeilingPpm),
      ]),
      terminalWidth(),
    ),
  )
  print('')
  const { payees, servers, modelOwners } = concentration
  print(
    drawTable(
      [{ head: 'concentration' }, right('count'), right('Gini'), right('largest'), right('ten largest')],
      Object.entries({ payees, servers, 'model owners': modelOwners }).map(([name, one]) => [
        name,
        String(one.count),
        percent(one.giniPpm),
        percent(one.top1Ppm),
        percent(one.top10Ppm),
      ]),
      terminalWidth(),
    ),
  )
  print(`\nroot ${report.root}\nevidence ${report.evidence}, form ${report.evidenceForm}`)
  print(report.published === null ? 'not published yet' : `published ${report.published}`)
}

function percent(ppm: number): string {
  return `${(ppm / 10_000).toFixed(2)} %`
}
