import { digestOf } from '../kernel/index.ts'
import type { evaluateAdapter } from './evaluateAdapter.ts'
import { finishEvaluation } from './finishEvaluation.ts'
import { resolveModel } from './resolveModel.ts'
import type { Run } from './runTool.ts'

/** The same wish is the same workflow: asked again, it waits for the first, or has its result. */
export const run: Run<typeof evaluateAdapter> = async ({ model, ...wish }, ctx) => {
  const adapter = await resolveModel(ctx.store, model)
  const workflow = `evaluate/${adapter.slice(2, 14)}/${digestOf(wish).slice(2, 10)}`
  await ctx.workflows.start('evaluate', workflow, [{ adapter, ...wish }])
  return { ...finishEvaluation.output.parse(await ctx.workflows.result(workflow)), workflow }
}
