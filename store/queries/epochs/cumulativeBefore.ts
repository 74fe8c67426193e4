import { asc, desc, lt } from 'drizzle-orm'
import type { PayeeId } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { leaves } from '../../schema/index.ts'

/** Each payee's cumulative earnings before an epoch: the latest leaf of everyone who ever had one. */
export const cumulativeBefore = defineQuery(
  'cumulativeBefore',
  async ({ db }, { epoch }: { epoch: number }): Promise<Map<PayeeId, bigint>> => {
    const rows = await db
      .selectDistinctOn([leaves.payee], { payee: leaves.payee, cumulativeWei: leaves.cumulativeWei })
      .from(leaves)
      .where(lt(leaves.epoch, epoch))
      .orderBy(asc(leaves.payee), desc(leaves.epoch))
    return new Map(rows.map(({ payee, cumulativeWei }) => [payee, cumulativeWei]))
  },
)
