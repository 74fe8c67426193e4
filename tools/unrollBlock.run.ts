import { decodeUnroll, encodeUnroll, startUnroll, unrollBlock as walkBack } from '../attribution/index.ts'
import { TributaryError } from '../kernel/index.ts'
import { gradientOracle } from '../models/index.ts'
import type { ToolContext } from './context.ts'
import type { Run } from './runTool.ts'
import type { unrollBlock } from './unrollBlock.ts'
import { openUnroll } from './unrolling/openUnroll.ts'
import { queryOf } from './unrolling/queryOf.ts'
import { readUnrollState, writeUnrollState } from './unrolling/stateFile.ts'

export const run: Run<typeof unrollBlock> = async ({ unroll, from, to, state: before }, ctx) => {
  const { plan, run: opened, path, close } = await openUnroll(ctx, unroll)
  try {
    const state =
      before === null
        ? startUnroll(path, [await queryOf(ctx, plan)], { difference: plan.difference })
        : decodeUnroll(await readUnrollState(ctx, unroll, { step: from, digest: before }))
    if (state.step !== from) throw otherBlock(state.step, from)
    await walkBack(path, gradientOracle(ctx.engine, opened), state, to, { onStep: tellOf(ctx) })
    return { unroll, step: to, state: await writeUnrollState(ctx, unroll, { step: to, bytes: encodeUnroll(state) }) }
  } finally {
    await close()
  }
}

/** Each step to the heartbeat with the time that is left; and the place where a cancelled unroll stops. */
function tellOf({ call }: Pick<ToolContext, 'call'>): (left: number, steps: number) => void {
  let last = performance.now()
  return (left, steps) => {
    if (call.signal?.aborted)
      throw new TributaryError('The unroll was cancelled.', { code: 'tools/cancelled', retry: true })
    const seconds = (performance.now() - last) / 1000
    last = performance.now()
    call.heartbeat?.({
      step: 'unroll',
      done: steps - left,
      of: steps,
      note: `about ${Math.ceil(left * seconds)} s left`,
    })
  }
}

function otherBlock(step: number, from: number): TributaryError {
  return new TributaryError('This state of the unroll stands at another step.', {
    code: 'tools/unroll-order',
    facts: { step, from },
    tryThis: 'take the blocks in the order of the plan, each with the state that the one before it left',
  })
}
