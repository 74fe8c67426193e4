import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { Context } from '@temporalio/activity'
import { requireApproval } from '../activity/index.ts'

type Order = { item: string; file: string; expiresInMs?: number }

/** Activities that need somebody's word, as whoever takes workflows/graph alone would write them. */
export const approvalActivities = {
  /** Buys at the price that stands in `<file>.price` now: the action may change while it waits. */
  buy: async ({ item, file, expiresInMs }: Order, step: string) => {
    const wei = existsSync(`${file}.price`) ? readFileSync(`${file}.price`, 'utf8') : '100'
    const { workflowExecution } = Context.current().info
    const action = { buy: item, wei, workflow: workflowExecution?.workflowId ?? '', step }
    const approved = requireApproval({ action, ...(expiresInMs === undefined ? {} : { expiresInMs }) })
    appendFileSync(file, `${step} ${item} ${wei}\n`)
    return { bought: [`${item} for ${wei}`], approved }
  },
  look: async ({ item }: { item: string }) => ({ bought: [`saw ${item}`] }),
}
