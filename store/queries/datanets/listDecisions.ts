import { and, asc, eq } from 'drizzle-orm'
import type { Decision } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { contributions, decisions } from '../../schema/index.ts'

/** The decisions of a curation in the order of commitment. */
export const listDecisions = defineQuery(
  'listDecisions',
  async ({ db }, { datanet, curation }: { datanet: string; curation: string }): Promise<Decision[]> => {
    const rows = await db
      .select({
        sample: decisions.sample,
        verdict: decisions.verdict,
        rule: decisions.rule,
        reason: decisions.reason,
        cluster: decisions.cluster,
      })
      .from(decisions)
      .innerJoin(
        contributions,
        and(eq(contributions.datanet, decisions.datanet), eq(contributions.sample, decisions.sample)),
      )
      .where(and(eq(decisions.datanet, datanet), eq(decisions.curation, curation)))
      .orderBy(asc(contributions.position))
    return rows.map(({ cluster, ...decision }) => (cluster === null ? decision : { ...decision, cluster }))
  },
)
