import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import type { Run } from '../train/prepareRun.ts'
import { initialState, stateDigest } from '../train/trainingState.ts'
import { deviceStamp, type DeviceStamp, type gpuTrainBlock } from './contract.ts'

type Block = {
  from: number
  to: number
  /** Digest of the state at `from`; unknown before the first step. */ start?: Digest
}

/**
 * A block of a run as a GPU worker is asked for it. `dir`: the run's folder below the home. Before the first step the digest
 * is that of the numbers that our own engine would start from: a worker that starts from others refuses.
 */
export function gpuJob(run: Run, dir: string, { from, to, start }: Block): z.input<typeof gpuTrainBlock.input> {
  return { v: 1, dir, plan: run.digest, from, to, start: start ?? startDigest(run) }
}

function startDigest({ digest, plan, layout }: Run): Digest {
  const { variants, recipe, skipped } = plan
  return stateDigest(initialState(digest, layout, { variants: variants.length, seed: recipe.seed, skipped }))
}

/** What device.json says of the run's GPU worker; nothing where no GPU worker trained it. Throws gpu/stamp. */
export async function readDeviceStamp({ dir }: Pick<Run, 'dir'>): Promise<DeviceStamp | undefined> {
  const file = join(dir, 'device.json')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return deviceStamp.parse(JSON.parse(text))
  } catch (cause) {
    throw new TributaryError('device.json of a training run is damaged.', {
      code: 'gpu/stamp',
      facts: { file },
      tryThis: 'remove it with the states of the run, and train the run again',
      cause,
    })
  }
}
