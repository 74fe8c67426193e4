import { readFileSync, writeFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import type { Opened } from './openHere.ts'

/** Undoes an edit. */
export type Undo = () => Promise<void>

/** Flips the lowest bit of one byte of a file: the one in the middle, or at `at`. */
export async function flipByte(file: string, at?: number): Promise<Undo> {
  const before = readFileSync(file)
  const after = Buffer.from(before)
  const place = at ?? Math.floor(after.length / 2)
  after[place] = (after[place] as number) ^ 1
  writeFileSync(file, after)
  return async () => writeFileSync(file, before)
}

export type Cell = { table: string; column: string; where: Record<string, string | number> }

/** Changes one cell of a table behind the back of every query of ours. */
export async function editCell(
  { ctx }: Opened,
  { table, column, where }: Cell,
  edit: (stored: string) => string,
): Promise<Undo> {
  const { db } = ctx.store
  const name = sql.identifier(column)
  const matches = (at: Cell['where']) =>
    sql.join(
      Object.entries(at).map(([key, value]) => sql`${sql.identifier(key)} = ${value}`),
      sql` and `,
    )
  const cells = sql`select ${name}::text as value from ${sql.identifier(table)} where ${matches(where)}`
  // What comes back is the driver's own; only PGlite, which these homes have, is read here.
  const { rows } = (await db.execute(cells)) as { rows: { value: string }[] }
  const [row] = rows
  if (row === undefined || rows.length > 1) throw new Error(`${table}: ${rows.length} rows match`)
  const write = async (value: string, at: Cell['where']) => {
    const typed = /^\d{1,60}$/.test(value) ? sql`${value}::numeric` : sql`${value}`
    await db.execute(sql`update ${sql.identifier(table)} set ${name} = ${typed} where ${matches(at)}`)
  }
  const after = edit(row.value)
  if (after === row.value) throw new Error(`${table}.${column}: the edit changes nothing`)
  await write(after, where)
  return () => write(row.value, column in where ? { ...where, [column]: after } : where)
}

/** The last digit of the first number after `marker`, one higher. */
export const nextDigit =
  (marker: string) =>
  (stored: string): string => {
    const from = stored.indexOf(marker) + marker.length
    const match = /\d+/.exec(stored.slice(from))
    if (stored.indexOf(marker) < 0 || !match) throw new Error(`no number after ${marker}`)
    const at = from + match.index + match[0].length - 1
    return `${stored.slice(0, at)}${(Number(stored[at]) + 1) % 10}${stored.slice(at + 1)}`
  }

/** The first letter of a text that is stored as a JSON string. */
export const firstLetter = (stored: string): string => {
  const text = JSON.parse(stored) as string
  return JSON.stringify(`${text.startsWith('x') ? 'y' : 'x'}${text.slice(1)}`)
}
