import type { GradientOracle } from '../../kernel/index.ts'
import type { Engine } from '../engine/Engine.ts'
import type { Run } from './prepareRun.ts'

/**
 * The gradients of a run's samples at any parameters of its layout, from the engine that trained it.
 * Cost of a row: the gradient of the adapted blocks; the frozen ones once for the run. Throws as rowGradients.
 */
export function gradientOracle(engine: Engine, run: Run): GradientOracle {
  return {
    samples: run.plan.samples.length,
    parameters: run.layout.length,
    async gradients(rows, thetas) {
      const hidden = await run.prefix.read(rows.map(({ sample }) => sample))
      return engine.rowGradients(
        rows.map(({ sample, theta }) => ({ row: run.rows[sample]!, hidden: hidden.get(sample)!, adapter: theta })),
        thetas,
        run.layout,
      )
    },
  }
}
