import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy, type Client } from '@temporalio/client'
import type { SchedulePort } from '../../tools/index.ts'

const nextShown = 5

/**
 * Temporal's own schedules. A run is left out while the one before is at work, and one that was missed is caught up within a day: a
 * machine that was off at three in the morning curates when it is on again.
 */
export function schedulePort(
  { schedule: client }: Client,
  taskQueue: string,
  coded: (cause: unknown) => unknown,
): SchedulePort {
  const orUndefined = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (failure) {
      if (failure instanceof ScheduleNotFoundError) return undefined
      throw coded(failure)
    }
  }
  return {
    async put(id, { cron, zone, everyMs, workflow, args, memo }) {
      const spec = everyMs === undefined ? { cronExpressions: [cron ?? ''], timezone: zone ?? 'UTC' } : { intervals: [{ every: everyMs }] } // prettier-ignore
      const action = { type: 'startWorkflow' as const, workflowType: workflow, workflowId: id, taskQueue, args: [...args], memo } // prettier-ignore
      const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' as const }
      try {
        await client.create({ scheduleId: id, spec, action, policies })
      } catch (failure) {
        if (!(failure instanceof ScheduleAlreadyRunning)) throw coded(failure)
        await orUndefined(() =>
          client.getHandle(id).update(() => ({ spec, action, policies, state: { paused: false } })),
        )
      }
    },
    find: (id) =>
      orUndefined(async () => {
        const { state, info } = await client.getHandle(id).describe()
        return { id, paused: state.paused, next: info.nextActionTimes.slice(0, nextShown).map((at) => at.getTime()) }
      }),
    async pause(id, paused) {
      const handle = client.getHandle(id)
      await orUndefined(() => (paused ? handle.pause('by hand') : handle.unpause('by hand')))
    },
    async remove(id) {
      await orUndefined(() => client.getHandle(id).delete())
    },
  }
}
