import { arrayContains, asc, eq, getTableColumns, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { defineQuery } from '../../defineQuery.ts'
import { calls } from '../../schema/index.ts'
import type { Call } from './recordCall.ts'

const outer = alias(calls, 'outer_call')

/**
 * The calls of a workflow and of all workflows under it, in the order of their beginnings; what was asked inside of a call comes
 * right after it, also where it is older, since the call was tried again.
 */
export const callsOf = defineQuery(
  'callsOf',
  async (
    { db },
    { workflow, from = 0, count = 1_000_000 }: { workflow: string; from?: number; count?: number },
  ): Promise<Call[]> =>
    db
      .select(getTableColumns(calls))
      .from(calls)
      .leftJoin(outer, eq(calls.parent, outer.key))
      .where(or(eq(calls.workflow, workflow), arrayContains(calls.lineage, [workflow])))
      .orderBy(
        asc(sql`coalesce(${outer.atMs}, ${calls.atMs})`),
        asc(sql`coalesce(${calls.parent}, ${calls.key})`),
        asc(sql`${calls.parent} is not null`),
        asc(calls.atMs),
        asc(calls.key),
      )
      .offset(from)
      .limit(count),
)
