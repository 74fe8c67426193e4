import { describe, expect, test } from 'vitest'
import { findPostgres } from '../../scripts/findPostgres.mjs'
import { partNames } from './crash/keepUp.ts'
import { runCrash } from './crash/runCrash.ts'

const options = { clients: 3, epochs: 2, seed: 5, say: () => undefined, limitMs: 8 * 60_000 }

describe.skipIf(findPostgres() === undefined)('money under SIGKILL (needs Postgres)', () => {
  test('60 paid requests of 3 clients while each of 5 parts is killed at least twice: nobody pays twice, nobody goes unpaid, to the wei', async () => {
    const { reconciled, killed } = await runCrash({ ...options, requests: 60, killsPerPart: 2 })
    expect(reconciled.findings).toEqual([])
    expect(reconciled).toMatchObject({ doubleCharges: 0, lostPayouts: 0, differenceWei: 0n, extraRuns: 0 })
    expect(reconciled.totals.answered).toBeGreaterThanOrEqual(60)
    expect(reconciled.totals.epochs).toBeGreaterThanOrEqual(3)
    for (const part of partNames) expect(killed.filter(({ parts }) => parts.includes(part)).length).toBeGreaterThan(1)
  })

  test('planted on purpose, a settlement that is believed without a transaction is found as lost payouts', async () => {
    const { reconciled } = await runCrash({ ...options, requests: 12, killsPerPart: 0, epochs: 0, fault: 'believed-settlement' }) // prettier-ignore
    expect(reconciled.lostPayouts).toBeGreaterThan(0)
  })
})
