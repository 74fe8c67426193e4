import { proxyActivities } from '@temporalio/workflow'
import type { activities } from './activities.ts'

const { increment } = proxyActivities<typeof activities>({ startToCloseTimeout: '10s' })

/** The graph `counter` as a plain Temporal workflow: the peer of the overhead test. */
export async function plainCounter({ n, until }: { n: number; until: number }): Promise<{ n: number }> {
  let at = n
  while (at < until) at = (await increment({ n: at })).n
  return { n: at }
}
