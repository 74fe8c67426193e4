import { and, eq, isNull } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { answers } from '../../schema/index.ts'

/** Notes that the payer wants the text of an answer dropped, with its signature. A repetition changes nothing. */
export const wishErasure = defineQuery(
  'wishErasure',
  async ({ db }, { receipt, signature, atMs }: { receipt: Digest; signature: string; atMs: number }): Promise<void> => {
    await db
      .update(answers)
      .set({ eraseWishedAtMs: atMs, eraseSignature: signature })
      .where(and(eq(answers.receipt, receipt), isNull(answers.eraseWishedAtMs)))
  },
)
