import { sampleSchema, TributaryError, type Sample } from '../../../kernel/index.ts'
import type { samples } from '../../schema/index.ts'

/** A sample whose bytes are still here, or undefined when they were erased. Throws store/sample-damaged. */
export function sampleFromRow(row: typeof samples.$inferSelect): Sample | undefined {
  const { erasedAtMs, ...sample } = row
  if (erasedAtMs !== null) return undefined
  const parsed = sampleSchema.safeParse(sample)
  if (parsed.success) return parsed.data
  throw new TributaryError('A stored sample is no sample any more.', {
    code: 'store/sample-damaged',
    // Which fields, not what is in them: a sample's text has no place in a log.
    facts: { sample: row.id, fields: parsed.error.issues.map(({ path }) => path.join('.')) },
    tryThis: 'restore the samples table from a backup',
  })
}
