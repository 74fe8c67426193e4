import { and, inArray, isNotNull, min, sql } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { payments } from '../../schema/index.ts'

/** How much waits for a settlement of channels: answers, wei, and since when the oldest does. */
export const unsettledOfChannels = defineQuery(
  'unsettledOfChannels',
  async ({ db }): Promise<{ answers: number; wei: bigint; oldestMs: number | undefined }> => {
    const [row] = await db
      .select({
        answers: sql<number>`count(*)::int`,
        wei: sql<string>`coalesce(sum(${payments.feeWei}), 0)::text`,
        oldest: min(payments.answeredAtMs),
      })
      .from(payments)
      .where(and(isNotNull(payments.channel), inArray(payments.state, ['answered', 'settling'])))
    return { answers: row?.answers ?? 0, wei: BigInt(row?.wei ?? '0'), oldestMs: row?.oldest ?? undefined }
  },
)
