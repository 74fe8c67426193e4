import { and, eq, gte, isNotNull, max, notExists, sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '../../store.ts'
import { defineQuery } from '../../defineQuery.ts'
import { adapters, contributions, datanetVersions, epochs, recipeStarts } from '../../schema/index.ts'

export type UntoldEvent = { key: string; atMs: number; fields: Record<string, string | number> }

const most = 100

/**
 * Events that have not begun this recipe yet, oldest first, at most 100 at a time: read from what the store keeps of them, so that
 * none is lost where nobody was there to hear of it. `sinceMs`: those of before are not meant.
 */
export const untoldEvents = defineQuery(
  'untoldEvents',
  async ({ db }, { recipe, event, sinceMs }: { recipe: string; event: string; sinceMs: number }) => {
    const untold = (key: SQL) =>
      notExists(
        db
          .select({ one: sql`1` })
          .from(recipeStarts)
          .where(and(eq(recipeStarts.recipe, recipe), eq(recipeStarts.event, event), eq(recipeStarts.key, key))),
      )
    const read = Object.hasOwn(readers, event) ? readers[event as keyof typeof readers] : undefined
    const found = read === undefined ? [] : await read(db, untold, sinceMs)
    return found.toSorted((a, b) => a.atMs - b.atMs || (a.key < b.key ? -1 : 1)).slice(0, most)
  },
)

type Read = (db: Queryable['db'], untold: (key: SQL) => SQL, sinceMs: number) => Promise<UntoldEvent[]>

const readers = {
  contribution_arrived: async (db, untold, sinceMs) => {
    const { datanet, batchRoot, revealedAtMs, batchTx } = contributions
    const rows = await db
      .select({ datanet, batchRoot, samples: sql<number>`count(*)::int`, atMs: max(revealedAtMs) })
      .from(contributions)
      .where(and(isNotNull(batchTx), gte(revealedAtMs, sinceMs), untold(sql`${batchRoot}`)))
      .groupBy(datanet, batchRoot)
    return rows.map(({ atMs, ...fields }) => ({ key: fields.batchRoot, atMs: atMs ?? 0, fields }))
  },
  version_published: async (db, untold, sinceMs) => {
    const { datanet, number, root, createdAtMs, tx } = datanetVersions
    const key = sql<string>`${datanet} || '/' || ${number}`
    const rows = await db
      .select({ key, datanet, version: number, root, atMs: createdAtMs })
      .from(datanetVersions)
      .where(and(isNotNull(tx), gte(createdAtMs, sinceMs), untold(key)))
    return rows.map(({ key, atMs, ...fields }) => ({ key, atMs, fields }))
  },
  adapter_registered: async (db, untold, sinceMs) => {
    const { digest, datanet, createdAtMs, tx } = adapters
    const rows = await db
      .select({ adapter: digest, datanetRoot: datanet, atMs: createdAtMs })
      .from(adapters)
      .where(and(isNotNull(tx), gte(createdAtMs, sinceMs), untold(sql`${digest}`)))
    return rows.map(({ atMs, ...fields }) => ({ key: fields.adapter, atMs, fields }))
  },
  epoch_final: async (db, untold, sinceMs) => {
    const { number, root, finalAtMs } = epochs
    const rows = await db
      .select({ epoch: number, root, atMs: finalAtMs })
      .from(epochs)
      .where(and(isNotNull(root), gte(finalAtMs, sinceMs), untold(sql`${number}::text`)))
    return rows.map(({ epoch, root, atMs }) => ({
      key: String(epoch),
      atMs: atMs ?? 0,
      fields: { epoch, root: root! },
    }))
  },
} satisfies Record<string, Read>
