import type { Engine } from '../engine/Engine.ts'
import type { Run } from './prepareRun.ts'

/** Mean loss in nats over some rows of a run, for each of some adapters. Cost: a gradient each, which is not used. */
export async function meanLosses(
  engine: Engine,
  run: Run,
  indexes: readonly number[],
  thetas: readonly Float32Array[],
): Promise<number[]> {
  const hidden = await run.prefix.read(indexes)
  const rows = indexes.flatMap((i) =>
    thetas.map((_, adapter) => ({ row: run.rows[i]!, hidden: hidden.get(i)!, adapter })),
  )
  const results = await engine.rowGradients(rows, thetas, run.layout)
  return thetas.map((_, adapter) => {
    const own = results.filter((_result, i) => rows[i]!.adapter === adapter)
    return own.reduce((sum, { lossNats }) => sum + lossNats, 0) / own.length
  })
}
