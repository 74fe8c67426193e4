import type { Sample } from '../../kernel/index.ts'
import { encodeSample, type Recipe } from '../../models/index.ts'
import type { ToolContext } from '../context.ts'

const probe = 8

/**
 * How many samples can be trained on in about `budgetMs` on this machine, by timing a few of them:
 *
 *   time(n) = n · (frozen blocks + epochs · groups · gradient)
 *
 * The main adapter costs one gradient a sample and epoch, the K counterfactual ones K - 1 together, since each leaves
 * out its group. At least 8. The answer depends on the machine, which is why the plan stores the samples it led to.
 */
export async function samplesWithinBudget(
  { engine }: Pick<ToolContext, 'engine'>,
  samples: readonly Sample[],
  { recipe, groups, budgetMs }: { recipe: Recipe; groups: number; budgetMs: number },
): Promise<number> {
  const rows = samples.slice(0, probe).map((sample) => encodeSample(sample, engine.base.tokenizer, recipe))
  const theta = [new Float32Array(engine.layout.length)]
  await engine.prefixStates(rows.slice(0, 1)) // opens the session, which is no cost of a sample
  const started = performance.now()
  const hidden = await engine.prefixStates(rows)
  const frozenMs = (performance.now() - started) / rows.length
  const batch = rows.map((row, i) => ({ row, hidden: hidden[i] as Float32Array, adapter: 0 }))
  await engine.rowGradients(batch.slice(0, 1), theta)
  const from = performance.now()
  await engine.rowGradients(batch, theta)
  const gradientMs = (performance.now() - from) / rows.length
  return Math.max(probe, Math.floor(budgetMs / (frozenMs + recipe.epochs * groups * gradientMs)))
}
