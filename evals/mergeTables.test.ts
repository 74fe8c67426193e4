import { expect, test } from 'vitest'
import { mergeTables } from './mergeTables.ts'
import type { Table } from './renderTable.ts'

const table = (rows: [part: string, value: number][], changes: Partial<Table> = {}): Table => ({
  name: 'engine',
  machine: { cores: 2 },
  versions: { node: '24.0.0' },
  seed: 1,
  rows: rows.map(([part, value]) => ({ part, value, figure: `figure of ${part}`, unit: 's' })),
  ...changes,
})
const values = (merged: Table): number[] => merged.rows.map(({ value }) => value)
const parts = ['first', 'second', 'third']

test('the rows of 1 part measured again replace its old ones and stand in the order of the parts', () => {
  const stored = table([
    ['first', 1],
    ['second', 2],
    ['second', 3],
    ['third', 4],
  ])
  expect(values(mergeTables(table([['second', 20]]), stored, parts))).toEqual([1, 20, 4])
  expect(values(mergeTables(table([['third', 40]]), stored, parts))).toEqual([1, 2, 3, 40])
})

test('rows of another machine, seed or version, and of a part that is no more, do not stay', () => {
  const fresh = table([['second', 20]])
  for (const changes of [{ machine: { cores: 4 } }, { seed: 2 }, { versions: { node: '25.0.0' } }])
    expect(values(mergeTables(fresh, table([['first', 1]], changes), parts))).toEqual([20])
  expect(values(mergeTables(fresh, table([['gone', 1]]), parts))).toEqual([20])
  expect(values(mergeTables(fresh, undefined, parts))).toEqual([20])
})

test('a version that one side does not tell is kept', () => {
  const stored = table([['first', 1]], { versions: { node: '24.0.0', torch: '2.15.0' } })
  const merged = mergeTables(table([['second', 20]]), stored, parts)
  expect(merged.versions).toEqual({ node: '24.0.0', torch: '2.15.0' })
  expect(values(merged)).toEqual([1, 20])
})
