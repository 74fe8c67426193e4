import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'
import type { Run } from '../../models/index.ts'

/**
 * Retrains masks of 0 and 1 from the committed plan alone, in a process of its own: final thetas, in order. What was done is
 * kept beside the run. Throws evals/retrain.
 */
export async function retrainInFreshProcess(run: Run, masks: readonly Float32Array[]): Promise<Float32Array[]> {
  const dir = join(run.dir, 'stranger')
  const file = join(dir, 'thetas.f32')
  if (!existsSync(file)) {
    mkdirSync(dir, { recursive: true })
    copyFileSync(join(run.dir, 'plan.json'), join(dir, 'plan.json'))
    writeFileSync(join(dir, 'masks.json'), JSON.stringify(masks.map((mask) => [...mask])))
    const script = join(import.meta.dirname, 'retrainFresh.ts')
    const child = spawn(process.execPath, [script, dir, join(dir, 'masks.json')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    if (code !== 0) {
      throw new TributaryError('The retraining in a fresh process failed.', {
        code: 'evals/retrain',
        facts: { dir, exitCode: String(code) },
        tryThis: 'read what it printed above',
      })
    }
  }
  const bytes = readFileSync(file)
  const all = new Float32Array(bytes.length / 4)
  new Uint8Array(all.buffer).set(bytes)
  return masks.map((_, m) => all.slice(m * run.layout.length, (m + 1) * run.layout.length))
}
