import { and, countDistinct, eq, exists } from 'drizzle-orm'
import type { PayeeId } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { decisions, samples } from '../../schema/index.ts'

/** How many samples a payee committed, and how many of them some curation accepted. */
export const samplesOfPayee = defineQuery(
  'samplesOfPayee',
  async ({ db }, { payee }: { payee: PayeeId }): Promise<{ samples: number; accepted: number }> => {
    const own = eq(samples.payee, payee)
    const wasAccepted = exists(
      db
        .select()
        .from(decisions)
        .where(and(eq(decisions.sample, samples.id), eq(decisions.verdict, 'accept'))),
    )
    const [all] = await db
      .select({ n: countDistinct(samples.id) })
      .from(samples)
      .where(own)
    const [accepted] = await db
      .select({ n: countDistinct(samples.id) })
      .from(samples)
      .where(and(own, wasAccepted))
    return { samples: all?.n ?? 0, accepted: accepted?.n ?? 0 }
  },
)
