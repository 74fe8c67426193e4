import type { WorkerOptions } from '@temporalio/worker'

type Tuner = Extract<NonNullable<WorkerOptions['tuner']>, { activityTaskSlotSupplier: unknown }>
type Places = Extract<Tuner['activityTaskSlotSupplier'], { type: 'custom' }>

/**
 * How many activities a worker does at once: `places`, and any number more of those that only wait for a workflow. Such a one
 * gives its place back when it begins: else as many of them as there are places would wait for ever for work that finds none.
 */
export function activityPlaces({ places, waits }: { places: number; waits: (activity: string) => boolean }): Tuner {
  let taken = 0
  const line: (() => void)[] = []
  const give = () => {
    const next = line.shift()
    if (next === undefined) taken--
    else next()
  }
  const activities: Places = {
    type: 'custom',
    reserveSlot: (_, stop) =>
      new Promise((place, refuse) => {
        if (taken < places) {
          taken++
          place({})
          return
        }
        const next = () => {
          stop.removeEventListener('abort', leave)
          place({})
        }
        const leave = () => {
          line.splice(line.indexOf(next), 1)
          refuse(stop.reason as Error)
        }
        line.push(next)
        stop.addEventListener('abort', leave, { once: true })
      }),
    tryReserveSlot: () => {
      if (taken >= places) return null
      taken++
      return {}
    },
    markSlotUsed: ({ slotInfo }) => {
      if (waits(slotInfo.activityType)) give()
    },
    // Without a name it was never used, and so never given back.
    releaseSlot: ({ slotInfo }) => {
      if (slotInfo === undefined || !waits(slotInfo.activityType)) give()
    },
  }
  return {
    activityTaskSlotSupplier: activities,
    // As Temporal has them by itself.
    workflowTaskSlotSupplier: { type: 'fixed-size', numSlots: 40 },
    localActivityTaskSlotSupplier: { type: 'fixed-size', numSlots: 100 },
    nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 100 },
  }
}
