import { sampleSchema, type Sample } from '../../../kernel/index.ts'
import type { samples } from '../../schema/index.ts'

/** A sample whose bytes are still here, or undefined when they were erased. */
export function sampleFromRow(row: typeof samples.$inferSelect): Sample | undefined {
  const { erasedAtMs, ...sample } = row
  return erasedAtMs === null ? sampleSchema.parse(sample) : undefined
}
