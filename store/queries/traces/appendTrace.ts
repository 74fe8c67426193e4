import { and, desc, eq } from 'drizzle-orm'
import { canonicalText, digestOf, TributaryError, type Address, type Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { traces } from '../../schema/index.ts'

export type TraceEntry = {
  /** The workflow or receipt that the line belongs to. */
  subject: string
  /** Names the line within its subject, so that a repeated activity does not write it twice. */
  key: string
  kind: string
  /** Canonical JSON value; no prompt, answer or sample text. */
  body: unknown
  atMs?: number
  /** Signs the line's digest as somebody who answers for it. */
  sign?: SignLine
}
export type SignLine = (digest: Digest) => Promise<{ signature: string; signer: Address }>
export type TraceLine = typeof traces.$inferSelect

/** The `previous` of a subject's first line. */
export const traceStart = digestOf('trace/1')

/**
 * Append a line: digest = sha-256 of canonical {subject, position, key, kind, body, previous}. Time is not part of
 * it, so that a replay gives the same chain. A key that exists already returns its line.
 * Throws store/trace-conflict when that line says something else, store/conflict (retry) under a crowd of writers.
 */
export const appendTrace = defineQuery('appendTrace', async ({ db }, entry: TraceEntry): Promise<TraceLine> => {
  const { subject, key, kind, atMs = Date.now() } = entry
  const body = canonicalText(entry.body)
  for (let attempt = 0; attempt < 50; attempt++) {
    const [same] = await db
      .select()
      .from(traces)
      .where(and(eq(traces.subject, subject), eq(traces.key, key)))
    if (same) {
      if (same.body === body && same.kind === kind) return same
      throw conflict(subject, key, same.digest)
    }
    const [last] = await db
      .select()
      .from(traces)
      .where(eq(traces.subject, subject))
      .orderBy(desc(traces.position))
      .limit(1)
    const position = (last?.position ?? -1) + 1
    const previous = last?.digest ?? traceStart
    const digest = traceDigest({ subject, position, key, kind, body, previous })
    const line = { subject, position, key, kind, body, previous, digest, atMs, ...(await entry.sign?.(digest)) }
    // Another writer may take the position between the two statements: then look again.
    const [written] = await db.insert(traces).values(line).onConflictDoNothing().returning()
    if (written) return written
  }
  throw new TributaryError('Too many writers append to one trace.', {
    code: 'store/conflict',
    facts: { subject, key },
    tryThis: 'call again',
    retry: true,
  })
})

/** What a line's digest must be; an audit walks the lines with it. */
export function traceDigest(
  line: Pick<TraceLine, 'subject' | 'position' | 'key' | 'kind' | 'body' | 'previous'>,
): Digest {
  const { subject, position, key, kind, body, previous } = line
  return digestOf({ subject, position, key, kind, body, previous })
}

function conflict(subject: string, key: string, first: Digest): TributaryError {
  return new TributaryError('This line of the trace was written with other content.', {
    code: 'store/trace-conflict',
    facts: { subject, key, firstDigest: first },
    tryThis: 'a replayed step must give the same line; look for a clock or randomness in it',
  })
}
