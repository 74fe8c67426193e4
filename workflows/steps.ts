import { proxyActivities } from '@temporalio/workflow'
import type { z } from 'zod'
import type { GpuActivities, gpuQueue } from '../models/gpu/contract.ts'
import type * as tools from '../tools/definitions.ts'

type ToolActivity<Tool extends { input: z.ZodType; output: z.ZodType }> = (
  input: z.input<Tool['input']>,
  step?: string,
) => Promise<z.output<Tool['output']>>

type Definitions = typeof tools.definitions
/** Every tool as an activity named as the tool; `step` names a second call with the same arguments. */
export type Activities = { [Name in keyof Definitions]: ToolActivity<Definitions[Name]> }

// A coded error says whether a retry can help (workflows/graph makes it non-retryable where not); the rest is a fault
// of the moment, such as a database that restarts, and is tried for about five minutes.
export const retry = {
  initialInterval: '500 ms',
  backoffCoefficient: 2,
  maximumInterval: '5 s',
  maximumAttempts: 60,
} as const

/** Steps that end within minutes. */
export const step = proxyActivities<Activities>({ startToCloseTimeout: '10 m', heartbeatTimeout: '15 s', retry })

/** Steps that may take hours. They heartbeat, so that one cut by a kill is tried again within 15 s. */
export const longStep = proxyActivities<Activities>({ startToCloseTimeout: '12 h', heartbeatTimeout: '15 s', retry })

/** Steps of a GPU worker, in Python, on a machine of its own: they wait until one polls, for as long as it takes. */
export const gpuStep = proxyActivities<GpuActivities>({
  taskQueue: 'gpu' satisfies typeof gpuQueue,
  startToCloseTimeout: '12 h',
  // Opening a model of many gigabytes keeps Python from telling that it lives.
  heartbeatTimeout: '60 s',
  retry,
})
