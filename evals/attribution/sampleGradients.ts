import type { RowReader } from '../../attribution/index.ts'
import { gradientOracle } from '../../models/index.ts'
import type { Protocol } from './openProtocol.ts'

/** Gradients [N, P] of all samples of a run at one theta, in memory. */
export async function sampleGradients(
  { engine, run }: Pick<Protocol, 'engine' | 'run'>,
  theta: Float32Array,
): Promise<RowReader> {
  const oracle = gradientOracle(engine, run)
  const found = await oracle.gradients(
    run.plan.samples.map((_, sample) => ({ sample, theta: 0 })),
    [theta],
  )
  return inMemory(found.map(({ gradient }) => gradient))
}

/** Rows of one length as a reader. */
export function inMemory(rows: readonly Float32Array[]): RowReader {
  const width = rows[0]!.length
  const all = new Float32Array(rows.length * width)
  for (const [i, row] of rows.entries()) all.set(row, i * width)
  return () => [{ first: 0, rows: all }]
}
