import { asc, eq } from 'drizzle-orm'
import type { PayeeId } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { leaves } from '../../schema/index.ts'
import type { Leaf } from './leavesOf.ts'

/** What one payee earned and claimed, epoch by epoch. */
export const statementOf = defineQuery(
  'statementOf',
  async ({ db }, { payee }: { payee: PayeeId }): Promise<Leaf[]> => {
    return db.select().from(leaves).where(eq(leaves.payee, payee)).orderBy(asc(leaves.epoch))
  },
)
