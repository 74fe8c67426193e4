import { dueErasures, eraseAnswer } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

/** Drops every answer whose payer wished it and which nothing needs any more. Returns how many. */
export async function eraseDue({ store, now, log }: Pick<ToolContext, 'store' | 'now' | 'log'>): Promise<number> {
  const due = await dueErasures(store, {})
  for (const receipt of due) {
    await eraseAnswer(store, { receipt, atMs: now() })
    log.info({ receipt }, 'prompt and answer dropped at the wish of their payer')
  }
  return due.length
}
