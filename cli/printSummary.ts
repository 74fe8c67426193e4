import Table from 'cli-table3'
import pc from 'picocolors'
import { TOKEN_SYMBOL, formatWei } from './formatWei.ts'
import type { TourSummary } from '../tools/index.ts'

const rows = 12

/** The tour as a person reads it: who earned what, for which answers, and whether the audit could recompute it. */
export function printSummary(summary: TourSummary, print: (text: string) => void): void {
  const { datanet, adapter, settlement } = summary
  print('')
  print(
    pc.bold(`Datanet ${datanet.name}`) +
      `  ${datanet.accepted} of ${datanet.samples} samples accepted, ${datanet.clusters} duplicate clusters, ${datanet.contributors} contributors, root ${short(datanet.root)}`,
  )
  print(
    pc.bold(`Adapter ${adapter.alias}`) +
      `  held-out loss ${adapter.heldOutLossBefore.toFixed(3)} → ${adapter.heldOutLossAfter.toFixed(3)} nats in ${adapter.steps} steps, ${adapter.trainSeconds.toFixed(0)} s; ${short(adapter.digest)}; curve: ${adapter.lossCurve}`,
  )
  print(contributorTable(summary))
  print(answerTable(summary))
  print(
    `Epoch ${settlement.epoch}: received ${money(settlement.receivedWei)} = paid ${money(settlement.paidWei)} + treasury ${money(settlement.treasuryWei)} + carried ${money(settlement.carriedWei)}; claimed ${money(settlement.claimedWei)}; root ${short(settlement.root)}`,
  )
  for (const { receipt, verdict, checks } of summary.audits) {
    const failed = checks.find((check) => !check.pass)
    print(
      `Audit ${short(receipt)}  ${verdict === 'PASS' ? pc.green(`PASS, ${checks.length} checks recomputed`) : pc.red(`FAIL at ${failed?.check}: ${failed?.culprit ?? failed?.detail}`)}`,
    )
  }
  const seconds = Object.entries(summary.timesMs).map(([step, ms]) => `${step} ${(ms / 1000).toFixed(0)} s`)
  const memory = Object.entries(summary.rssMiB).map(([phase, mib]) => `${phase} ${mib}`)
  print(pc.dim(`Time: ${seconds.join(', ')}`))
  print(pc.dim(`Memory of the server, MiB: ${memory.join(', ')}; peak of all processes ${summary.peakRssMiB}`))
  print(pc.dim(`${TOKEN_SYMBOL} is a test token on a chain that runs on this machine only: no real money moved.`))
}

function contributorTable({ contributors }: TourSummary): string {
  const table = new Table({
    head: ['contributor', 'samples', 'accepted', 'share', 'earned', 'claimed'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: ['cyan'] },
  })
  for (const row of contributors.slice(0, rows)) {
    table.push([
      row.payee,
      row.samples,
      row.accepted,
      percent(row.sharePpm),
      money(row.earnedWei),
      money(row.claimedWei),
    ])
  }
  return (
    table.toString() +
    (contributors.length > rows ? `\n… and ${contributors.length - rows} more: tributary statement <contributor>` : '')
  )
}

function answerTable({ answers }: TourSummary): string {
  const table = new Table({
    head: ['answer', 'question', 'stands most on', 'fee', 'tokens'],
    colWidths: [14, 44, 46, 16, 8],
    wordWrap: true,
    style: { head: ['cyan'] },
  })
  for (const { receipt, question, top, feeWei, tokens } of answers) {
    const owners = top.slice(0, 3).map(({ contributor, sharePpm }) => `${contributor} ${percent(sharePpm)}`)
    table.push([short(receipt), question, owners.join('\n') || 'nobody above the noise floor', money(feeWei), tokens])
  }
  return table.toString()
}

const short = (digest: string) => digest.slice(0, 10)
const percent = (ppm: number) => `${(ppm / 10_000).toFixed(2)} %`
const money = (wei: string) => formatWei(BigInt(wei))
