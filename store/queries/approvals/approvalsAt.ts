import { asc, eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { approvals } from '../../schema/index.ts'
import type { Approval } from './approvalLine.ts'

/** The actions that were asked about at one place, that is by one step of one workflow, or under one key from outside. */
export const approvalsAt = defineQuery(
  'approvalsAt',
  async ({ db }, { place }: { place: string }): Promise<Approval[]> =>
    db.select().from(approvals).where(eq(approvals.place, place)).orderBy(asc(approvals.askedAtMs)),
)
