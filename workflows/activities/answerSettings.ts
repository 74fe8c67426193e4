import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'

const variables = z.object({
  /** Into how many groups adapters are divided; the same in all gateways and engine workers. */
  ANSWER_GROUPS: z.coerce.number().int().min(1).max(256).default(8),
  /** Requests that an engine worker takes in at once. */
  ANSWER_ROOM: z.coerce.number().int().min(1).max(100_000).default(64),
})

/** How gateways and engine workers share answers, from the environment. Throws servers/answer-settings. */
export function answerSettings(env: NodeJS.ProcessEnv = process.env): { groups: number; room: number } {
  const parsed = variables.safeParse(env)
  if (parsed.success) return { groups: parsed.data.ANSWER_GROUPS, room: parsed.data.ANSWER_ROOM }
  throw new TributaryError('The settings of gateways and engine workers cannot be used.', {
    code: 'servers/answer-settings',
    facts: { wrong: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) },
    tryThis: 'leave ANSWER_GROUPS and ANSWER_ROOM out, or give whole numbers as docs/serving.md has them',
  })
}
