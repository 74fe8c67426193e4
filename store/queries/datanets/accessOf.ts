import { asc, eq } from 'drizzle-orm'
import type { Address } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { datanetAuditors, datanets } from '../../schema/index.ts'

export type DatanetAccess = { access: 'open' | 'gated'; auditors: Address[] }

/** Who may look into a Datanet; one that is not here is open, for there is nothing to see. */
export const accessOf = defineQuery(
  'accessOf',
  async ({ db }, { datanet }: { datanet: string }): Promise<DatanetAccess> => {
    const [found] = await db.select({ access: datanets.access }).from(datanets).where(eq(datanets.id, datanet))
    if (found?.access !== 'gated') return { access: 'open', auditors: [] }
    const rows = await db
      .select({ auditor: datanetAuditors.auditor })
      .from(datanetAuditors)
      .where(eq(datanetAuditors.datanet, datanet))
      .orderBy(asc(datanetAuditors.auditor))
    return { access: 'gated', auditors: rows.map(({ auditor }) => auditor) }
  },
)
