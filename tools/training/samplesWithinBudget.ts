import type { Sample } from '../../kernel/index.ts'
import type { Recipe } from '../../models/index.ts'
import type { ToolContext } from '../context.ts'
import { calibrate, encodeAll, trainingMs } from './calibrate.ts'

const fewest = 8
/** Samples whose lengths stand for all. */
const looked = 64

/**
 * How many samples can be trained on in about `budgetMs` on this machine, by timing a few of them; at least 8. The answer
 * depends on the machine, which is why the plan stores the samples it led to.
 */
export async function samplesWithinBudget(
  ctx: Pick<ToolContext, 'engine'>,
  samples: readonly Sample[],
  { recipe, groups, budgetMs }: { recipe: Recipe; groups: number; budgetMs: number },
): Promise<number> {
  const rows = encodeAll(ctx, samples.slice(0, looked), recipe)
  const tokens = rows.reduce((sum, { paddedLength }) => sum + paddedLength, 0) / rows.length
  const { frozen, gradients } = trainingMs(await calibrate(ctx, rows, recipe), tokens, {
    epochs: recipe.epochs,
    groups,
  })
  return Math.max(fewest, Math.floor(budgetMs / (frozen + gradients)))
}
