import { tourSummary, type TourSummary } from '../../tools/definitions.ts'

const open = '<!-- table of docs/runs/tour.json: node scripts/docs.ts -->'
const close = '<!-- end of table -->'

/** A run as `npm start -- --exit --json` printed it; refused when it is not what that prints today. */
export function readTour(json: string): TourSummary {
  return tourSummary.parse(JSON.parse(json))
}

/** The page with the table of this run between its two marks. */
export function putTourTable(page: string, tour: TourSummary): string {
  const [before, rest] = split(page, open)
  const [, after] = split(rest, close)
  return `${before}${open}\n\n${tourTable(tour)}\n${close}${after}`
}

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  if (at < 0) throw new Error(`the page lacks the mark ${mark}`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}

function tourTable(tour: TourSummary): string {
  const { datanet, adapter, contributors, answers, settlement, audits, timesMs, rssMiB, peakRssMiB, versions } = tour
  const earning = contributors.filter(({ earnedWei }) => BigInt(earnedWei) > 0n)
  const passed = audits.filter(({ verdict }) => verdict === 'PASS')
  const checks = passed.reduce((sum, audit) => sum + audit.checks.length, 0)
  const totalMs = Object.values(timesMs).reduce((sum, ms) => sum + ms, 0)
  const latencies = answers.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b)
  const rows: [string, string][] = [
    ['samples accepted / given', `${datanet.accepted} / ${datanet.samples}`],
    ['clusters of duplicates', `${datanet.clusters}`],
    ['contributors (packages or their publishers)', `${datanet.contributors}`],
    ['training', `${adapter.steps} steps, ${adapter.trainSeconds.toFixed(0)} s`],
    [
      'held-out loss',
      `${adapter.heldOutLossBefore.toFixed(4)} → ${adapter.heldOutLossAfter.toFixed(4)} nats per token`,
    ],
    ['answers sold', `${answers.length}, half of them within ${latencies[Math.floor(latencies.length / 2)] ?? 0} ms`],
    ['contributors who earned', `${earning.length}`],
    ['received', `${settlement.receivedWei} wei`],
    ['= paid', `${settlement.paidWei} wei, of it claimed ${settlement.claimedWei}`],
    ['+ treasury', `${settlement.treasuryWei} wei`],
    ['+ pools of Datanets', `${settlement.poolWei} wei`],
    ['audits', `${passed.length} of ${audits.length} PASS, ${checks} checks recomputed`],
    ['time', `${seconds(totalMs)}: ${list(timesMs, seconds)}`],
    ['memory, server', list(rssMiB, (mib) => `${mib} MiB`)],
    ['memory, all our processes at their peak', `${peakRssMiB} MiB`],
    ['engine', `${versions['engine'] ?? ''}, Node ${versions['node'] ?? ''}`],
  ]
  return `| figure | value |\n|---|---|\n${rows.map(([figure, value]) => `| ${figure} | ${value} |\n`).join('')}`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`
}

function list(values: Record<string, number>, show: (value: number) => string): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${show(value)}`)
    .join(', ')
}
