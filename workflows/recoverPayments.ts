import { condition, continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow'
import { step } from './steps.ts'

/** Look now: a server has started. */
export const lookNow = defineSignal('lookNow')

const pauseMs = 60_000
const roundsOfRun = 250

/**
 * Looks after payments for as long as there is a server: finishes or refunds what a crash left, and settles payment channels
 * when it is time. One of it in a cluster, by its id; it goes on as a new run before its history is long. A round that fails
 * for good is tried again in the next.
 */
export async function recoverPayments(): Promise<void> {
  let asked = false
  setHandler(lookNow, () => void (asked = true))
  for (let round = 0; round < roundsOfRun; round++) {
    asked = false
    // Each round is an effect of its own, also after this run has gone on as another.
    await step.recover_payments({}, `${workflowInfo().runId}/${round}`).catch(() => undefined)
    await condition(() => asked, pauseMs)
  }
  await continueAsNew<typeof recoverPayments>()
}
