import { judged } from '../engine/judged.ts'
import { median } from '../engine/median.ts'
import type { Row } from '../../renderTable.ts'
import type { GraphContext } from './GraphContext.ts'
import { openBench } from './openBench.ts'

const steps = 400

/**
 * What a superstep costs in the sandbox: 400 that call nothing, all in one activation, from the workflow task's start to its
 * completion as the server has it, so with loading and with the way to the server and back.
 */
export async function sandboxPart({ say }: GraphContext): Promise<Row[]> {
  const bench = await openBench()
  try {
    const took: number[] = []
    for (let round = 0; round < 10; round++) {
      say(`sandbox, round ${round + 1} of 10`)
      const workflowId = `inline-${round}`
      await bench.client.workflow.execute('inlineCounter', {
        taskQueue: 'bench',
        workflowId,
        args: [{ n: 0, until: steps }],
      })
      const { events } = await bench.client.workflow.getHandle(workflowId).fetchHistory()
      const at = (kind: 'workflowTaskStartedEventAttributes' | 'workflowTaskCompletedEventAttributes') =>
        millis(events!.find((event) => event[kind])?.eventTime)
      // The first one loads what the others find loaded.
      if (round > 0) took.push(at('workflowTaskCompletedEventAttributes') - at('workflowTaskStartedEventAttributes'))
    }
    return [
      judged({ figure: 'sandbox ms a superstep', value: median(took) / steps, unit: 'ms' }, { of: 'value', most: 2 }),
      judged(
        { figure: 'workflow bundle, without source map', value: bench.bundle.bytes / 1e6, unit: 'MB' },
        { of: 'value', most: 2.5 },
      ),
    ]
  } finally {
    await bench.close()
  }
}

type Time = { seconds?: unknown; nanos?: number | null } | null | undefined
const millis = (time: Time) => Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6
