import { existsSync } from 'node:fs'
import { runBlock, stateFile, type Run } from '../../models/index.ts'
import type { ToolContext } from '../context.ts'

/** A call of the audit trains so many steps: seconds to a minute, after which it says how far it is. */
const blockSteps = 8

/**
 * Trains a run up to the next block's end, `steps` at most; returns how many of its steps are done. A block that is done is
 * not done again, one that was cut is. Throws as runBlock.
 */
export async function trainOn(
  { engine, call }: Pick<ToolContext, 'engine' | 'call'>,
  run: Run,
  steps: number,
): Promise<number> {
  const from = doneOf(run, steps)
  if (from === steps) return steps
  const to = Math.min(steps, from + blockSteps)
  await runBlock(engine, run, {
    from,
    to,
    ...(call.signal === undefined ? {} : { signal: call.signal }),
    onStep: ({ step }) => call.heartbeat?.({ step: 'step', done: step, of: steps }),
  })
  return to
}

/** The step of the last state that is there. */
export function doneOf(run: Run, steps: number): number {
  for (let step = steps; step > 0; step--)
    if ((step === steps || step % blockSteps === 0) && existsSync(stateFile(run, step))) return step
  return 0
}
