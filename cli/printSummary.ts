import { pc } from './colours.ts'
import { drawTable, type Column } from './drawTable.ts'
import { plainText } from './fitText.ts'
import { TOKEN_SYMBOL, formatOpen } from './formatWei.ts'
import { terminalWidth } from './terminalWidth.ts'
import { phases } from '../workflows/tourInput.ts'
import type { TourSummary } from '../tools/index.ts'

const mostRows = 12

/** The tour as a person reads it: who earned what, for which answers, and whether the audit could recompute it. */
export function printSummary(summary: TourSummary, print: (text: string) => void, width = terminalWidth()): void {
  const { datanet, adapter, settlement } = summary
  const title = (text: string) => pc.bold(pc.cyan(text))
  print('')
  print(`${title('Datanet')}  ${pc.bold(datanet.name)}, root ${short(datanet.root)}`)
  print(
    `  ${datanet.accepted} of ${datanet.samples} samples accepted, ${datanet.clusters} duplicate clusters, ${datanet.contributors} contributors`,
  )
  print(`${title('Adapter')}  ${pc.bold(adapter.alias)}, ${short(adapter.digest)}`)
  print(
    `  held-out loss ${adapter.heldOutLossBefore.toFixed(3)} → ${adapter.heldOutLossAfter.toFixed(3)} nats in ${adapter.steps} steps, ${adapter.trainSeconds.toFixed(0)} s`,
  )
  print(`  loss curve: ${adapter.lossCurve}`)
  print(`\n${title('Who earned what')}`)
  print(contributorTable(summary, width))
  print(`\n${title('Answers')}, and whose samples each stands on`)
  print(answerTable(summary, width))
  print(`\n${title(`Epoch ${settlement.epoch}`)}, reward root ${short(settlement.root)}`)
  print(settlementTable(settlement, width))
  for (const line of scoringLines(summary)) print(pc.dim(`  ${line}`))
  print(`\n${title('Audit')}, each receipt recomputed from what is stored and on chain`)
  for (const { receipt, verdict, checks } of summary.audits) {
    const failed = checks.find((check) => !check.pass)
    const found =
      verdict === 'PASS'
        ? pc.green(`PASS, ${checks.length} checks`)
        : pc.red(`FAIL at ${failed?.check}: ${failed?.culprit ?? failed?.detail}`)
    print(`  ${short(receipt)}  ${found}`)
  }
  print('')
  print(stepTable(summary, width))
  print(pc.dim(`Peak memory of all processes: ${summary.peakRssMiB} MiB`))
  print(pc.dim(`${TOKEN_SYMBOL} is a test token on a chain of this machine only: no real money moved.`))
}

const right = (head: string): Column => ({ head, align: 'right' })

function contributorTable({ contributors }: TourSummary, width: number): string {
  const columns = [
    { head: 'contributor', lines: 1 },
    ...['samples', 'accepted', 'share', `earned ${TOKEN_SYMBOL}`, `claimed ${TOKEN_SYMBOL}`].map(right),
  ]
  const rows = contributors
    .slice(0, mostRows)
    .map(({ payee, samples, accepted, sharePpm, earnedWei, claimedWei }) => [
      plainText(payee),
      `${samples}`,
      `${accepted}`,
      percent(sharePpm),
      money(earnedWei),
      money(claimedWei),
    ])
  const more = contributors.length - rows.length
  const table = drawTable(columns, rows, width)
  return more > 0 ? `${table}\n${pc.dim(`… and ${more} more: tributary statement <contributor>`)}` : table
}

function answerTable({ answers }: TourSummary, width: number): string {
  const columns = [{ head: 'question', lines: 3 }, { head: 'stands most on', lines: 3 }, right(`fee ${TOKEN_SYMBOL}`)]
  const rows = answers.map(({ question, top, feeWei }) => [plainText(question), owners(top), money(feeWei)])
  return drawTable(columns, rows, width)
}

/** The three contributors with the most among the top samples of an answer. */
function owners(top: TourSummary['answers'][number]['top']): string {
  const shares = new Map<string, number>()
  for (const { contributor, sharePpm } of top) shares.set(contributor, (shares.get(contributor) ?? 0) + sharePpm)
  const most = [...shares].toSorted(([, a], [, b]) => b - a).slice(0, 3)
  return most.map(([name, ppm]) => `${plainText(name)} ${percent(ppm)}`).join(', ') || 'nobody above the noise floor'
}

function settlementTable(settlement: TourSummary['settlement'], width: number): string {
  const { receivedWei, paidWei, treasuryWei, poolWei, claimedWei } = settlement
  const columns = ['received', '= paid out', '+ treasury', '+ pools', 'claimed'].map((head) => right(head))
  const row = [receivedWei, paidWei, treasuryWei, poolWei, claimedWei].map(money)
  return drawTable(columns, [row], width)
}

/** How exactly the answers of the epoch were scored before they were paid. */
function scoringLines({ scoring }: TourSummary): string[] {
  if (!scoring) return []
  const exact = scoring.answers.filter(({ form }) => form === 'forward').length
  const { answers, meanDistancePpm } = scoring.linear
  return [
    `${exact} of ${scoring.answers.length} answers were run with every adapter that was trained without a payee group${answers > 0 ? `; to first order ${percent(meanDistancePpm)} of the groups’ money would have gone to others` : ''}`,
    ...scoring.adapters.map(({ rankPpm, fallback }) => {
      if (fallback === 'not-replayable') return 'inside groups: the Hessian-free unroll, for the run cannot be replayed'
      const rank =
        rankPpm === null
          ? 'too few groups to judge it'
          : `rank correlation with real retraining ${(rankPpm / 1e6).toFixed(2)}`
      return fallback === 'below-floor'
        ? `inside groups: nothing is paid, the unroll is below the rule’s floor (${rank})`
        : `inside groups: the exact unroll of the epoch’s answers (${rank})`
    }),
  ]
}

function stepTable({ timesMs, rssMiB }: TourSummary, width: number): string {
  const rows = phases.flatMap((step) => {
    const ms = timesMs[step]
    return ms === undefined ? [] : [[step, (ms / 1000).toFixed(1), `${rssMiB[step] ?? ''}`]]
  })
  return drawTable([{ head: 'step', lines: 1 }, right('seconds'), right('MiB')], rows, width)
}

const short = (digest: string) => digest.slice(0, 10)
const percent = (ppm: number) => `${(ppm / 10_000).toFixed(2)}\u00A0%`
const money = (wei: string) => formatOpen(BigInt(wei))
