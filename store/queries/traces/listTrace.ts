import { asc, eq } from 'drizzle-orm'
import { TributaryError } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { traces } from '../../schema/index.ts'
import { traceDigest, traceStart, type TraceLine } from './appendTrace.ts'

/** The lines of a subject in order, each checked against the one before. Throws store/trace-damaged. */
export const listTrace = defineQuery(
  'listTrace',
  async ({ db }, { subject }: { subject: string }): Promise<TraceLine[]> => {
    const lines = await db.select().from(traces).where(eq(traces.subject, subject)).orderBy(asc(traces.position))
    let previous = traceStart
    for (const [position, line] of lines.entries()) {
      if (line.position !== position || line.previous !== previous || line.digest !== traceDigest(line)) {
        throw new TributaryError('A line of a stored trace was changed or is missing.', {
          code: 'store/trace-damaged',
          facts: { subject, position, key: line.key },
          tryThis: 'restore the traces table from a backup',
        })
      }
      previous = line.digest
    }
    return lines
  },
)
