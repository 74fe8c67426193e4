import { TributaryError } from '../../kernel/index.ts'
import type { RowGradient } from '../engine/Engine.ts'
import { gradientBound, gradientNorm } from './gradientBound.ts'
import type { Run } from './prepareRun.ts'

type Facts = NonNullable<ConstructorParameters<typeof TributaryError>[1]['facts']>

/** Throws models/diverged where a gradient is no number, or beyond all reason. `variant`: whose adapter it was. */
export function refuseInsane(
  run: Run,
  { step, sample, variant }: { step: number; sample: number; variant: number },
  result: RowGradient,
): void {
  const norm = gradientNorm(result)
  const boundMicro = gradientBound(run.plan.recipe.poison, [], [])
  if (norm <= boundMicro) return
  const id = run.plan.samples[sample]!.id
  throw diverged({ sample: id, step, variant, loss: String(result.lossNats), boundMicro })
}

export function diverged(facts: Facts): TributaryError {
  return new TributaryError('Training broke: losses or gradients are no sane numbers any more.', {
    code: 'models/diverged',
    facts,
    tryThis: 'lower the learning rate of the recipe, or warm up longer; the sample named is only the first of them',
  })
}
