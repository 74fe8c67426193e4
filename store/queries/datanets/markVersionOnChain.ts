import { and, eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { datanetVersions } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import type { DatanetVersion } from './saveVersion.ts'

/**
 * Note the transaction that published a version and, later, the hash of the block that seeds its groups.
 * Throws store/not-found.
 */
export const markVersionOnChain = defineQuery(
  'markVersionOnChain',
  async (
    { db },
    { datanet, number, ...set }: { datanet: string; number: number; tx?: Digest; blockHash?: Digest },
  ): Promise<DatanetVersion> => {
    const rows = await db
      .update(datanetVersions)
      .set(set)
      .where(and(eq(datanetVersions.datanet, datanet), eq(datanetVersions.number, number)))
      .returning()
    return oneRow(rows, 'Datanet version', { datanet, number })
  },
)
