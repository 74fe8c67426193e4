import type { z } from 'zod'
import { TributaryError } from '../kernel/index.ts'
import { toFailure } from '../workflows/graph/index.ts'

/** Checks what an agent is started with; a bad input fails the run at once, with one line per issue. */
export function parseInput<Schema extends z.ZodType>(agent: string, schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw toFailure(
    new TributaryError(`The input of the agent ${agent} is not valid.`, {
      code: 'agents/input',
      facts: {
        agent,
        issues: parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(input)'}: ${message}`),
      },
      tryThis: `see the input schema in agents/${agent}`,
    }),
  )
}
