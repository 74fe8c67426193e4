import type { Protocol } from './openProtocol.ts'

/** Loss in nats of each query at each of some thetas: [thetas][queries]. Cost: a forward pass of a row for each. */
export async function queryLosses(
  { engine, run }: Pick<Protocol, 'engine' | 'run'>,
  thetas: readonly Float32Array[],
): Promise<Float64Array[]> {
  const first = run.plan.samples.length
  const indexes = run.plan.heldOut.map((_, q) => first + q)
  const hidden = await run.prefix.read(indexes)
  const losses: Float64Array[] = []
  for (const theta of thetas) {
    const rows = indexes.map((i) => ({ row: run.rows[i]!, hidden: hidden.get(i)!, adapter: 0 }))
    losses.push(Float64Array.from(await engine.rowLosses(rows, [theta], run.layout)))
  }
  return losses
}

/** Gradient [P] of each query's loss at a theta. */
export async function queryGradients(
  { engine, run }: Pick<Protocol, 'engine' | 'run'>,
  theta: Float32Array,
): Promise<Float32Array[]> {
  const first = run.plan.samples.length
  const indexes = run.plan.heldOut.map((_, q) => first + q)
  const hidden = await run.prefix.read(indexes)
  const rows = indexes.map((i) => ({ row: run.rows[i]!, hidden: hidden.get(i)!, adapter: 0 }))
  const found = await engine.rowGradients(rows, [theta], run.layout)
  return found.map(({ gradient }) => gradient)
}
