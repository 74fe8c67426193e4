import type { TrainingPath } from '../../kernel/index.ts'
import { openPath, readState, runBlock, stateFile, writePath } from '../../models/index.ts'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Protocol } from './openProtocol.ts'

export type TrainedProtocol = {
  theta: Float32Array
  /** Counterfactual adapters, one for each payee. */
  thetasWithout: Float32Array[]
  path: TrainingPath
  close: () => Promise<void>
}

const blockSteps = 9

/** Trains the adapter and its twelve counterfactuals as the product does, in blocks; what is there is not trained again. */
export async function trainProtocol(
  { engine, run }: Protocol,
  { say, what }: { say: (line: string) => void; what: string },
): Promise<TrainedProtocol> {
  for (let from = 0; from < run.steps; from += blockSteps) {
    const to = Math.min(run.steps, from + blockSteps)
    const isDone = existsSync(stateFile(run, to))
    await runBlock(engine, run, { from, to })
    if (!isDone) say(`${what}: adapter and 12 counterfactuals, step ${to} of ${run.steps}`)
  }
  const { thetas } = await readState(stateFile(run, run.steps), { run: run.digest })
  const file = join(run.dir, 'path.bin')
  if (!existsSync(file)) await writePath(run, run.steps, file)
  const path = await openPath(run, file)
  return { theta: thetas[0]!, thetasWithout: thetas.slice(1), path, close: () => path.close() }
}
