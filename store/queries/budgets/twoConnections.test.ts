import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { findError } from '../../../kernel/index.ts'
import { openStore } from '../../openStore.ts'
import { allowedWei, books, request, storm, walletOf } from '../../testing/budgetStorm.ts'
import { openScratchDatabase } from '../../testing/openScratchDatabase.ts'
import { findSpending } from './findSpending.ts'
import { reserveSpending } from './reserveSpending.ts'

const server = process.env['TRIBUTARY_TEST_DATABASE_URL']
describe.skipIf(server === undefined)('budgets over two connections (needs TRIBUTARY_TEST_DATABASE_URL)', () => {
  test('200 reservations at once from two processes’ pools pass no limit, and the lines of all are one chain', async () => {
    const database = await openScratchDatabase(server ?? '')
    const stores = [await openStore({ url: database.url }), await openStore({ url: database.url })]
    try {
      for (const seed of [3, 4, 5]) {
        const wallet = walletOf(`two ${seed}`)
        const { verdicts } = await storm(stores, wallet, seed)
        const { total, reservedWei, spentWei, over } = await books(stores[1]!, wallet)
        expect(over).toEqual([])
        expect(total).toMatchObject({ reservedWei, spentWei })
        expect(verdicts.filter((verdict) => verdict === 'allowed').length).toBeGreaterThan(30)
        expect(total!.reservedWei + total!.spentWei + total!.releasedWei).toBe(await allowedWei(stores[0]!, wallet))
      }
    } finally {
      await Promise.all(stores.map((store) => store.close()))
      await database.drop()
    }
  })

  test('a process killed between the statement and its line leaves neither', async () => {
    const database = await openScratchDatabase(server ?? '')
    const store = await openStore({ url: database.url })
    try {
      const wallet = walletOf('killed')
      const dying = () => Promise.reject(new Error('killed'))
      const failed = await reserveSpending(store, request(wallet, 'a', { sign: dying })).catch((e: unknown) => e)
      expect(findError(failed)).toBeUndefined()
      expect(await findSpending(store, { key: `${wallet}/a` })).toBeUndefined()
      const [row] = await store.db.select({ n: sql<string>`coalesce(sum(reserved_wei), 0)` }).from(sql`budget_uses`)
      expect(Number(row?.n)).toBe(0)
      expect(await reserveSpending(store, request(wallet, 'a'))).toMatchObject({ allowed: true })
    } finally {
      await store.close()
      await database.drop()
    }
  })
})
