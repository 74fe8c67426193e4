import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPglite } from './openPglite.ts'

let ours: PGlite
let plain: PGlite
const table = `create table t (id bigint primary key, n numeric, b boolean, s text, j jsonb, at timestamptz, raw bytea, list integer[])`
beforeAll(async () => {
  ;[ours, plain] = await Promise.all([openPglite('memory://'), PGlite.create('memory://')])
  for (const one of [ours, plain]) await one.exec(table)
})
afterAll(async () => {
  await Promise.all([ours.close(), plain.close()])
})

const insert = 'insert into t values ($1, $2, $3, $4, $5, $6, $7, $8) returning *'
const rows: unknown[][] = [
  [1n, '340282366920938463463374607431768211456', true, 'Größe 東京 👩\u200D🔬 \\ \' " $1', '{"a":[1,null]}', '2026-11-30T01:02:03Z', new Uint8Array([0, 255, 92]), '{1,2}'], // prettier-ignore
  [2, null, false, '', null, null, null, null],
  [
    '9223372036854775807',
    '-0.5',
    null,
    'x'.repeat(100_000),
    '"text"',
    new Date(0).toISOString(),
    new Uint8Array(),
    '{}',
  ],
]

describe('openPglite', () => {
  test('three rows of eight types come back as from PGlite itself, in objects and in arrays, at the first time and after', async () => {
    for (const row of rows) {
      const [a, b] = [await ours.query(insert, row), await plain.query(insert, row)]
      expect([a.fields, a.affectedRows]).toEqual([b.fields, b.affectedRows])
    }
    for (const rowMode of ['object', 'array', 'object'] as const) {
      const text = 'select id, n, b, s, j, raw, list from t where id >= $1 order by id'
      expect(await ours.query(text, [1], { rowMode })).toEqual(await plain.query(text, [1], { rowMode }))
    }
    // As drizzle wants them: a time is text.
    expect((await ours.query<{ at: unknown }>('select at from t where id = 1')).rows[0]!.at).toBe('2026-11-30 01:02:03+00') // prettier-ignore
  })

  test('a failure says its code, and the same statement works again after it, outside and inside of a transaction', async () => {
    const code = (work: Promise<unknown>) => work.then(() => 'none', (error: unknown) => (error as { code?: string }).code) // prettier-ignore
    expect(await code(ours.query(insert, rows[1]))).toBe('23505')
    expect(await code(ours.query('select 1 from nowhere'))).toBe('42P01')
    expect(await code(ours.query('select $1::int', ['no number']))).toBe('22P02')
    expect((await ours.query('select $1::int as n', ['7'])).rows).toEqual([{ n: 7 }])
    const broken = ours.transaction(async (tx) => {
      await tx.query('insert into t (id) values ($1)', [77])
      await tx.query(insert, rows[1])
    })
    expect(await code(broken)).toBe('23505')
    expect((await ours.query('select id from t where id = $1', [77])).rows).toEqual([])
    expect(await code(ours.transaction((tx) => tx.query('insert into t (id) values ($1)', [77])))).toBe('none')
    expect((await ours.query('select id from t where id = $1', [77])).rows).toEqual([{ id: 77 }])
  })

  test('a table that changes under a statement fails it once; then it is prepared anew', async () => {
    await ours.exec('create table c (a integer); insert into c values (1)')
    const read = () => ours.query('select * from c')
    expect((await read()).rows).toEqual([{ a: 1 }])
    await ours.exec('alter table c add column b text')
    await expect(read()).rejects.toThrow('cached plan')
    expect((await read()).rows).toEqual([{ a: 1, b: null }])
  })

  test('of 1,200 statements the first is still right at the end, and the database keeps 500 or a few more', async () => {
    for (let i = 0; i < 1_200; i++) {
      expect((await ours.query(`select ${i} as n, $1::text as s`, ['x'])).rows).toEqual([{ n: i, s: 'x' }])
    }
    expect((await ours.query('select 0 as n, $1::text as s', ['y'])).rows).toEqual([{ n: 0, s: 'y' }])
    const kept = await ours.query<{ n: number }>('select count(*)::int as n from pg_prepared_statements')
    expect(kept.rows[0]!.n).toBeGreaterThan(400)
    expect(kept.rows[0]!.n).toBeLessThanOrEqual(502)
  })

  test('what is asked beside a transaction waits until it is over; 50 at once by drizzle each get their own rows', async () => {
    const order: string[] = []
    let beside: Promise<unknown[]> | undefined
    await ours.transaction(async (tx) => {
      await tx.query('insert into t (id) values ($1)', [500])
      beside = ours.query('select id from t where id = $1', [500]).then(({ rows: found }) => {
        order.push('beside')
        return found
      })
      await new Promise((resolve) => setTimeout(resolve, 30))
      await tx.query('delete from t where id = $1', [500])
      order.push('transaction')
    })
    expect(await beside).toEqual([])
    expect(order).toEqual(['transaction', 'beside'])
    const db = drizzle(ours)
    const asked = Array.from({ length: 50 }, (_, i) => i)
    const told = await Promise.all(asked.map((i) => db.execute<{ n: number }>(sql`select ${i}::int as n`)))
    expect(told.map(({ rows: [row] }) => row?.n)).toEqual(asked)
  })
})
