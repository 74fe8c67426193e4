import { desc, eq, or, sql } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { aliases } from '../../schema/index.ts'

/** What a name means now; or the digest itself, where an adapter of it ever had a name. Undefined where it is neither. */
export const findModel = defineQuery(
  'findModel',
  async ({ db }, { model }: { model: string }): Promise<Digest | undefined> => {
    const [found] = await db
      .select({ adapter: aliases.adapter })
      .from(aliases)
      .where(or(eq(aliases.name, model), sql`${aliases.adapter} = ${model}`))
      .orderBy(desc(sql`${aliases.adapter} = ${model}`), desc(aliases.seq))
      .limit(1)
    return found?.adapter
  },
)
