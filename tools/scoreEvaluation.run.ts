import { decodeUnroll, encodeUnroll, finalTheta, startUnroll, unrollBlock } from '../attribution/index.ts'
import { TributaryError } from '../kernel/index.ts'
import { gradientOracle } from '../models/index.ts'
import { openEvaluation } from './evaluating/openEvaluation.ts'
import { queryRows } from './evaluating/queryRows.ts'
import type { Run } from './runTool.ts'
import type { scoreEvaluation } from './scoreEvaluation.ts'
import { readUnrollState, writeUnrollState } from './unrolling/stateFile.ts'

export const run: Run<typeof scoreEvaluation> = async ({ evaluation, from, to, state: before }, ctx) => {
  const opened = await openEvaluation(ctx, evaluation)
  const { run: of, path } = opened
  try {
    const start = async () => {
      const found = await ctx.engine.rowGradients(await queryRows(opened), [await finalTheta(path)], of.layout)
      return startUnroll(
        path,
        found.map(({ gradient }) => gradient),
      )
    }
    const state =
      before === null
        ? await start()
        : decodeUnroll(await readUnrollState(ctx, evaluation, { step: from, digest: before }))
    const onStep = (left: number, steps: number): void => {
      if (ctx.call.signal?.aborted)
        throw new TributaryError('The evaluation was cancelled.', { code: 'tools/cancelled', retry: true })
      ctx.call.heartbeat?.({ step: 'unroll of the queries', done: steps - left, of: steps })
    }
    await unrollBlock(path, gradientOracle(ctx.engine, of), state, to, { onStep })
    return { state: await writeUnrollState(ctx, evaluation, { step: to, bytes: encodeUnroll(state) }) }
  } finally {
    await opened.close()
  }
}
