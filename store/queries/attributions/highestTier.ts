import { attributionTiers, type Digest } from '../../../kernel/index.ts'
import type { attributions } from '../../schema/index.ts'

type Row = typeof attributions.$inferSelect

/** For each receipt its row of the highest tier, in the order in which receipts come first. */
export function highestTier(rows: readonly Row[]): Row[] {
  const best = new Map<Digest, Row>()
  for (const row of rows) {
    const found = best.get(row.receipt)
    if (!found || attributionTiers.indexOf(row.tier) > attributionTiers.indexOf(found.tier)) best.set(row.receipt, row)
  }
  return [...best.values()]
}
