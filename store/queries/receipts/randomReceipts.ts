import { and, eq, sql } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { payments, receipts } from '../../schema/index.ts'

/**
 * `count` receipt ids in the order of sha-256(seed + id): the same draw for everybody who knows the seed, such as
 * the hash of a block after the freeze. `epoch` limits the draw to one epoch.
 */
export const randomReceipts = defineQuery(
  'randomReceipts',
  async ({ db }, { count, seed, epoch }: { count: number; seed: string; epoch?: number }): Promise<Digest[]> => {
    const rows = await db
      .select({ id: receipts.id })
      .from(receipts)
      .innerJoin(payments, and(eq(payments.payer, receipts.payer), eq(payments.nonce, receipts.nonce)))
      .where(epoch === undefined ? undefined : eq(payments.epoch, epoch))
      .orderBy(sql`sha256(convert_to(${seed}::text || ${receipts.id}, 'UTF8'))`, receipts.id)
      .limit(count)
    return rows.map(({ id }) => id)
  },
)
