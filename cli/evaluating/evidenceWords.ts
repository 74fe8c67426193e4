import type { z } from 'zod'
import type { evaluateAdapter } from '../../tools/definitions.ts'
import { drawTable } from '../drawTable.ts'
import { terminalWidth } from '../terminalWidth.ts'

/** Evidence of an adapter as two tables and where the rest lies. */
export function evidenceWords(evidence: z.output<typeof evaluateAdapter.output>): string[] {
  const { adapter, fractionPpm, samples, masks, queries, methods, checks, picture, evidence: blob } = evidence
  const width = terminalWidth()
  const removed = `${fractionPpm / 10_000} % of ${samples} samples`
  const judged = drawTable(
    [
      { head: 'method', lines: 2 },
      { head: 'LDS', align: 'right' },
      { head: 'lower 90 %', align: 'right' },
    ],
    methods.map(({ method, ldsPpm, lower90Ppm }) => [method, ppm(ldsPpm), ppm(lower90Ppm)]),
    width,
  )
  const watched = drawTable(
    [
      { head: 'text', lines: 2 },
      { head: 'without its top', align: 'right' },
      { head: "without BM25's", align: 'right' },
      { head: 'without random ones', align: 'right' },
    ],
    checks.map((one) => [
      one.query.slice(0, 10),
      nats(one.topMicroNats),
      nats(one.bm25MicroNats),
      nats(one.randomMicroNats),
    ]),
    width,
  )
  return [
    `${adapter}: ${masks} trainings without ${removed}, ${queries} held-out texts`,
    judged,
    ...(checks.length === 0 ? [] : [`\nLoss gained a token, nats, without ${checks[0]!.removed} samples:`, watched]),
    `\npicture   ${picture}`,
    `evidence  ${blob}; not on chain: the adapter's card was registered before`,
  ]
}

function ppm(value: number): string {
  return (value / 1e6).toFixed(3)
}

function nats(microNats: number): string {
  return (microNats / 1e6).toFixed(4)
}
