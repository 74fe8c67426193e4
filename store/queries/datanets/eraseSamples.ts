import { and, inArray, isNull } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { samples } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { inChunks } from '../inChunks.ts'
import { oneRow } from '../oneRow.ts'

/**
 * Drop the bytes of samples, of all at one moment or of none; digests, payees and licences stay. One that is erased already keeps
 * its moment. Gives how many were erased now. Throws store/not-found.
 */
export const eraseSamples = defineQuery(
  'eraseSamples',
  async (store, { ids, atMs = Date.now() }: { ids: readonly Digest[]; atMs?: number }): Promise<number> =>
    transaction(store, async ({ db }) => {
      const known = new Set<Digest>()
      let erased = 0
      for (const chunk of inChunks([...new Set(ids)])) {
        const own = inArray(samples.id, chunk)
        for (const { id } of await db.select({ id: samples.id }).from(samples).where(own)) known.add(id)
        const gone = await db
          .update(samples)
          .set({ prompt: null, completion: null, erasedAtMs: atMs })
          .where(and(own, isNull(samples.erasedAtMs)))
          .returning({ id: samples.id })
        erased += gone.length
      }
      for (const id of ids) oneRow(known.has(id) ? [id] : [], 'sample', { id })
      return erased
    }),
)
