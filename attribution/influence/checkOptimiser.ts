import { TributaryError, type RecordedOptimiser } from '../../kernel/index.ts'

/** Throws attribution/optimiser for settings under which a run has no derivative in its gradients. */
export function checkOptimiser(optimiser: RecordedOptimiser): void {
  const inUnit = (x: number) => x >= 0 && x < 1
  const good =
    optimiser.weightDecay >= 0 &&
    (optimiser.kind === 'adam'
      ? inUnit(optimiser.beta1) && inUnit(optimiser.beta2) && optimiser.epsilon > 0
      : inUnit(optimiser.momentum))
  if (good) return
  throw new TributaryError('A run of this optimiser cannot be unrolled.', {
    code: 'attribution/optimiser',
    facts: { ...optimiser },
    tryThis: 'record a run of SGD with momentum in [0, 1), or of Adam with betas in [0, 1) and epsilon above 0',
  })
}
