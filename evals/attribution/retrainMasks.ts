import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { retrain } from '../../models/index.ts'
import type { Protocol } from './openProtocol.ts'

/**
 * Real retraining for each vector of sample weights [N]: final thetas [P], in order. Each is kept beside the run as soon
 * as its lot is done, so that what was killed goes on there, and a mask that was trained once is not trained again.
 * `together`: a lot, which trains side by side; more saves no time, and costs memory.
 */
export async function retrainMasks(
  { engine, run }: Pick<Protocol, 'engine' | 'run'>,
  masks: readonly Float32Array[],
  { say, what, together = 16 }: { say: (line: string) => void; what: string; together?: number },
): Promise<Float32Array[]> {
  const folder = join(run.dir, 'retrained')
  await mkdir(folder, { recursive: true })
  const files = masks.map((mask) => join(folder, `${nameOf(mask)}.f32`))
  const known = await Promise.all(files.map(readTheta))
  const missing = masks.flatMap((_, m) => (known[m] ? [] : [m]))
  const start = performance.now()
  for (let at = 0; at < missing.length; at += together) {
    const lot = missing.slice(at, at + together)
    const { thetas } = await retrain(
      engine,
      run,
      lot.map((m) => masks[m]!),
    )
    for (const [i, m] of lot.entries()) {
      known[m] = thetas[i]!
      await writeFile(`${files[m]}.part`, new Uint8Array(thetas[i]!.buffer))
      await rename(`${files[m]}.part`, files[m]!)
    }
    const done = at + lot.length
    const each = (performance.now() - start) / 1_000 / done
    const left = (each * (missing.length - done)) / 60
    say(`${what}: retrained ${done} of ${missing.length}, ${each.toFixed(1)} s each, about ${left.toFixed(1)} min left`)
  }
  return known.map((theta) => theta!)
}

function nameOf(mask: Float32Array): string {
  return createHash('sha256').update(new Uint8Array(mask.buffer)).digest('hex').slice(0, 24)
}

async function readTheta(file: string): Promise<Float32Array | undefined> {
  const bytes = await readFile(file).catch(() => undefined)
  if (!bytes) return undefined
  const theta = new Float32Array(bytes.length / 4)
  new Uint8Array(theta.buffer).set(bytes)
  return theta
}
