import type { GradientRow } from '../../models/index.ts'
import type { OpenedEvaluation } from './openEvaluation.ts'

/** The answers of an evaluation as rows for the engine, each for each of `adapters` thetas: query by query. */
export async function queryRows(
  { plan, run }: Pick<OpenedEvaluation, 'plan' | 'run'>,
  adapters = 1,
): Promise<GradientRow[]> {
  const indexes = plan.queries.map((query) => run.plan.samples.length + query)
  const hidden = await run.prefix.read(indexes)
  return indexes.flatMap((i) =>
    Array.from({ length: adapters }, (_, adapter) => ({ row: run.rows[i]!, hidden: hidden.get(i)!, adapter })),
  )
}
