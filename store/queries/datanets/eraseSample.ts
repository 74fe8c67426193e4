import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { samples } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'

/** Drop the bytes of a sample; digest, payee and licence stay. Throws store/not-found. */
export const eraseSample = defineQuery(
  'eraseSample',
  async ({ db }, { id, atMs = Date.now() }: { id: Digest; atMs?: number }): Promise<void> => {
    const erased = await db
      .update(samples)
      .set({ prompt: null, completion: null, erasedAtMs: atMs })
      .where(eq(samples.id, id))
      .returning({ id: samples.id })
    oneRow(erased, 'sample', { id })
  },
)
