import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { text } from 'node:stream/consumers'
import { createInterface } from 'node:readline'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'

export const parts = ['full', 'bites']

const program = fileURLToPath(new URL('../../test/system/crash/main.ts', import.meta.url))
const names = ['gateway', 'engine', 'temporal', 'database', 'chain']

type Report = {
  reconciled: {
    doubleCharges: number
    lostPayouts: number
    differenceWei: string
    extraRuns: number
    findings: string[]
    totals: Record<string, number>
  }
  counts: Record<string, number>
  killed: { parts: string[]; moment: string; downMs?: number; silentMs?: number }[]
  runMs: number
  starts: Record<string, { ownEnds: number; stuckStarts: number; slowestStartMs: number }>
}

/**
 * Money under SIGKILL: 2,000 paid requests of 8 clients, while gateway, engine, Temporal, database and chain are each killed
 * more than 20 times at moments that the seed draws, and 8 epochs are closed and claimed meanwhile. Then the books of clients,
 * database, chain and engine are compared. `bites`: small runs with faults that are planted on purpose, which must be found.
 * Needs Postgres. Cost on two cores: 25 minutes (`--only full`), 5 minutes (`--only bites`). On a busy machine starting what was
 * killed takes most of the time.
 */
export async function run({ seed, say, only = parts }: TableOptions): Promise<Row[]> {
  const full = only.includes('full')
    ? rowsOf(await crash({ requests: 2_000, clients: 8, kills: 21, epochs: 8, seed }, say))
    : []
  const bites = only.includes('bites') ? await biteRows(seed, say) : []
  return [...full.map((row) => ({ ...row, part: 'full' })), ...bites.map((row) => ({ ...row, part: 'bites' }))]
}

function rowsOf({ reconciled, counts, killed, runMs, starts }: Report): Row[] {
  const { doubleCharges, lostPayouts, differenceWei, extraRuns, findings, totals } = reconciled
  for (const finding of findings) process.stderr.write(`found: ${finding}\n`)
  const none = (figure: string, value: number, unit: string): Row => ({ figure, value, unit, goal: '0', met: value === 0 }) // prettier-ignore
  const atLeast = (figure: string, value: number, unit: string, least: number): Row => ({ figure, value, unit, goal: `>= ${least}`, met: value >= least }) // prettier-ignore
  const hits = killed.flatMap((one) => one.parts)
  const slowest = (of: 'downMs' | 'silentMs', name?: string) =>
    Math.max(0, ...killed.filter((one) => !name || one.parts.includes(name)).map((one) => one[of] ?? 0)) / 1_000
  const moments = Map.groupBy(killed, ({ moment }) => moment)
  const started = Object.values(starts)
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  return [
    none('double charges', doubleCharges, 'intentions and authorisations'),
    none('lost payouts', lostPayouts, 'answers and payees'),
    none('wei of difference', Number(differenceWei), 'wei, all books together'),
    none('answers made again without a kill', extraRuns, `of ${totals['runs']} that engines made`),
    atLeast('kills', hits.length, 'SIGKILL of a part and its children', 100),
    ...names.map((name) => atLeast(`kills: ${name}`, hits.filter((hit) => hit === name).length, 'SIGKILL', 20)),
    ...[...moments].map(([moment, list]) => ({ figure: `kills at: ${moment}`, value: list.length, unit: `blows (${list.filter((one) => one.parts.length > 1).length} at two parts)` })), // prettier-ignore
    atLeast('paid requests', totals['answered'] ?? 0, 'payments with an answer', 2_000),
    { figure: 'authorisations signed', value: totals['authorisations'] ?? 0, unit: 'by clients' },
    { figure: 'authorisations charged', value: totals['moved'] ?? 0, unit: 'on chain' },
    { figure: 'refunds', value: totals['refunded'] ?? 0, unit: 'on chain' },
    { figure: 'epochs', value: totals['epochs'] ?? 0, unit: `closed, final and claimed; ${totals['payees']} payees` },
    { figure: 'retries', value: counts['retries'] ?? 0, unit: 'by clients' },
    ...Object.entries(counts)
      .filter(([what]) => what !== 'retries')
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([figure, value]) => ({ figure: `seen: ${figure}`, value, unit: 'times' })),
    { figure: 'slowest recovery', value: slowest('silentMs'), unit: 's from a kill to the next answer of any client' },
    ...names.map((name) => ({ figure: `slowest recovery: ${name}`, value: slowest('downMs', name), unit: 's from a kill until it is up' })), // prettier-ignore
    none('starts that hung', sum(started.map((one) => one.stuckStarts)), 'longer than 120 s'),
    { figure: 'ends of their own', value: sum(started.map((one) => one.ownEnds)), unit: 'of parts that nobody killed' },
    { figure: 'duration', value: runMs / 60_000, unit: 'minutes' },
  ]
}

async function biteRows(seed: number, say: (line: string) => void): Promise<Row[]> {
  const small = { requests: 40, clients: 4, epochs: 1, seed }
  const found = [
    ['blind-settlement', 'double charges', 3],
    ['believed-settlement', 'lost payouts', 0],
  ] as const
  const rows: Row[] = []
  for (const [fault, figure, kills] of found) {
    const { reconciled } = await crash({ ...small, kills, fault }, say)
    const value = figure === 'double charges' ? reconciled.doubleCharges : reconciled.lostPayouts
    rows.push({ figure: `${figure}, with the planted fault ${fault}`, value, unit: 'found in 40 requests', goal: '> 0', met: value > 0 }) // prettier-ignore
  }
  return rows
}

async function crash(options: Record<string, string | number>, say: (line: string) => void): Promise<Report> {
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  createInterface({ input: child.stderr }).on('line', say)
  return JSON.parse(await text(child.stdout)) as Report
}
