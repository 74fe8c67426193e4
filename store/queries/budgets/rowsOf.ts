import type { SQL } from 'drizzle-orm'
import type { Queryable } from '../../store.ts'

/** The rows of a statement in SQL: the drivers of PGlite and Postgres give them in two shapes. */
export async function rowsOf<Row>({ db }: Queryable, statement: SQL): Promise<Row[]> {
  const result: unknown = await db.execute(statement)
  return Array.isArray(result) ? (result as Row[]) : (result as { rows: Row[] }).rows
}
