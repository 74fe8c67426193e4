import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeUnroll, encodeUnroll, startUnroll, unrollBlock } from '../../attribution/index.ts'
import type { TrainingPath } from '../../kernel/index.ts'
import { gradientOracle } from '../../models/index.ts'
import type { Protocol } from './openProtocol.ts'

const blockSteps = 6

/**
 * The exact unroll of some queries, [queries][N] nats; its state lies beside the run after each block of steps, so that what
 * was killed goes on there, and what is done is read. `name` must change when the path or the queries do. Cost: two
 * trainings a query.
 */
export async function unrollResumably(
  { engine, run }: Pick<Protocol, 'engine' | 'run'>,
  name: string,
  open: () => Promise<{ path: TrainingPath; queries: readonly Float32Array[] }>,
  say: (line: string) => void,
): Promise<Float64Array[]> {
  const folder = join(run.dir, 'scores')
  const file = join(folder, `${name}.state`)
  const kept = await readFile(file).catch(() => undefined)
  let state = kept ? decodeUnroll(kept) : undefined
  if (state?.step === 0) return state.scores
  const { path, queries } = await open()
  const oracle = gradientOracle(engine, run)
  await mkdir(folder, { recursive: true })
  state ??= startUnroll(path, queries)
  const start = performance.now()
  const first = state.step
  while (state.step > 0) {
    state = await unrollBlock(path, oracle, state, Math.max(0, state.step - blockSteps))
    await writeFile(`${file}.part`, encodeUnroll(state))
    await rename(`${file}.part`, file)
    const left = ((performance.now() - start) / 60_000 / (first - state.step)) * state.step
    say(`${name}: ${state.step} of ${path.steps} steps left, about ${left.toFixed(1)} min`)
  }
  return state.scores
}
