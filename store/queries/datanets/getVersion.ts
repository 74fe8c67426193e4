import { and, desc, eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { datanetVersions } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import type { DatanetVersion } from './saveVersion.ts'

type VersionKey = { datanet: string; number?: number } | { root: Digest }

/** A version by number, by root, or the latest one of a Datanet. Throws store/not-found. */
export const getVersion = defineQuery('getVersion', async ({ db }, key: VersionKey): Promise<DatanetVersion> => {
  const which =
    'root' in key
      ? eq(datanetVersions.root, key.root)
      : and(
          eq(datanetVersions.datanet, key.datanet),
          key.number === undefined ? undefined : eq(datanetVersions.number, key.number),
        )
  const rows = await db.select().from(datanetVersions).where(which).orderBy(desc(datanetVersions.number)).limit(1)
  return oneRow(rows, 'Datanet version', { ...key })
})
