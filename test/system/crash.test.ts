import { describe, expect, test } from 'vitest'
import { findPostgres } from '../../scripts/findPostgres.mjs'
import { partNames } from './crash/keepUp.ts'
import { runCrash } from './crash/runCrash.ts'

// Two minutes where nothing else runs; a busy machine has time enough.
const limitMs = 20 * 60_000
const options = { clients: 3, epochs: 2, seed: 5, say: () => undefined, limitMs }

describe.skipIf(findPostgres() === undefined)('money under SIGKILL (needs Postgres)', () => {
  test(
    '60 requests, paid by exact, upto and channel, while each of 5 parts is killed at least twice: no double charge, no lost payout, all books equal to the wei',
    { timeout: limitMs },
    async () => {
      const { reconciled, killed } = await runCrash({ ...options, requests: 60, killsPerPart: 2 })
      expect(reconciled.findings).toEqual([])
      expect(reconciled).toMatchObject({ doubleCharges: 0, lostPayouts: 0, differenceWei: 0n, extraRuns: 0 })
      expect(reconciled.totals.answered).toBeGreaterThanOrEqual(60)
      expect(reconciled.totals.epochs).toBeGreaterThanOrEqual(3)
      for (const part of partNames) expect(killed.filter(({ parts }) => parts.includes(part)).length).toBeGreaterThan(1)
    },
  )

  test(
    'planted on purpose, a settlement that is believed without a transaction is found as lost payouts',
    { timeout: limitMs },
    async () => {
      const { reconciled } = await runCrash({ ...options, requests: 24, killsPerPart: 0, epochs: 0, fault: 'believed-settlement' }) // prettier-ignore
      expect(reconciled.lostPayouts).toBeGreaterThan(0)
    },
  )
})
