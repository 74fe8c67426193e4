import type { Engine } from '../engine/Engine.ts'
import type { Run } from './prepareRun.ts'

/** Mean loss in nats over some rows of a run, for each of some adapters. Cost: a forward pass of the adapted blocks each. */
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
  const losses = await engine.rowLosses(rows, thetas, run.layout)
  return thetas.map((_, adapter) => {
    const own = losses.filter((_loss, i) => rows[i]!.adapter === adapter)
    return own.reduce((sum, loss) => sum + loss, 0) / own.length
  })
}
