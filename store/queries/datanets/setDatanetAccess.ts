import { and, eq, inArray } from 'drizzle-orm'
import type { Address } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { datanetAuditors, datanets } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { oneRow } from '../oneRow.ts'
import { accessOf, type DatanetAccess } from './accessOf.ts'

export type { DatanetAccess } from './accessOf.ts'

type Change = {
  datanet: string
  access?: 'open' | 'gated' | undefined
  add?: readonly Address[]
  remove?: readonly Address[]
  atMs: number
}

/** Open or gate a Datanet, and name who may look into it; returns what holds now. Throws store/not-found. */
export const setDatanetAccess = defineQuery(
  'setDatanetAccess',
  async (store, { datanet, access, add = [], remove = [], atMs }: Change): Promise<DatanetAccess> =>
    transaction(store, async (tx) => {
      const own = eq(datanets.id, datanet)
      oneRow(await tx.db.select({ id: datanets.id }).from(datanets).where(own), 'Datanet', { id: datanet })
      if (access !== undefined) await tx.db.update(datanets).set({ access }).where(own)
      const rows = add.map((auditor) => ({ datanet, auditor, atMs }))
      if (rows.length > 0) await tx.db.insert(datanetAuditors).values(rows).onConflictDoNothing()
      if (remove.length > 0)
        await tx.db
          .delete(datanetAuditors)
          .where(and(eq(datanetAuditors.datanet, datanet), inArray(datanetAuditors.auditor, [...remove])))
      return accessOf(tx, { datanet })
    }),
)
