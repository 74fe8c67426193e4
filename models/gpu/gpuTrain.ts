import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import { deviceStamp, gpuFinishRun } from './contract.ts'

const packageFolder = fileURLToPath(new URL('.', import.meta.url))

const trained = gpuFinishRun.output.extend({
  step: z.int(),
  lossesMicroNats: z.array(z.int()),
  validation: z.array(z.object({ step: z.int(), lossMicroNats: z.int() })),
  seconds: z.number(),
  cpuSeconds: z.number(),
  device: deviceStamp,
})
export type GpuTrained = z.output<typeof trained>

export type GpuTrainOptions = { python: string; dir: string; base: string; device: string; args?: readonly string[] }

/** Trains a prepared run (plan.json in `dir`) with the Python package, without Temporal, to its end. Throws gpu/python. */
export async function gpuTrain({ python, dir, base, device, args = [] }: GpuTrainOptions): Promise<GpuTrained> {
  const out = await runGpuPython(python, ['train', dir, '--base', base, '--device', device, ...args])
  return trained.parse(JSON.parse(out))
}

/** The devices on which the package could train here: `cpu`, and `cuda` where PyTorch finds one. Throws gpu/python. */
export async function gpuDevices(python: string): Promise<string[]> {
  return z.array(z.string()).parse(JSON.parse(await runGpuPython(python, ['devices'])))
}

async function runGpuPython(python: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, PYTHONPATH: packageFolder, PYTHONDONTWRITEBYTECODE: '1' }
  const child = spawn(python, ['-m', 'tributary_gpu', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let told = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (told = (told + chunk.toString()).slice(-2_000)))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code === 0) return out
  throw new TributaryError('The Python side of the GPU worker failed.', {
    code: 'gpu/python',
    facts: { command: args[0] ?? '', said: told.trim().slice(-600) },
    tryThis: 'let TRIBUTARY_PYTHON name a Python that has the packages of models/gpu/requirements.lock',
  })
}
