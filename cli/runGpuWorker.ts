import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { cacheFolder, provideGpuPython } from '../provision/index.ts'
import { homeFolder } from './homeFolder.ts'

const packageFolder = fileURLToPath(new URL('../models/gpu', import.meta.url))
const portsSchema = z.object({ temporal: z.int().positive() })

/**
 * Runs the Python worker of models/gpu until it ends or this process is told to end; returns its exit code. It serves this
 * home: its runs, our base models, and the Temporal server that TEMPORAL_ADDRESS names or the home had last.
 */
export async function runGpuWorker(args: readonly string[]): Promise<number> {
  const home = homeFolder()
  const python = await provideGpuPython({ say: (line) => process.stderr.write(`${line}\n`) })
  const address = process.env['TEMPORAL_ADDRESS'] ?? lastAddress(home)
  const given = [
    ...(address === undefined || args.includes('--address') ? [] : ['--address', address]),
    '--base',
    join(cacheFolder(), 'bases'),
    '--home',
    home,
  ]
  const env = { ...process.env, PYTHONPATH: packageFolder, PYTHONDONTWRITEBYTECODE: '1' }
  const child = spawn(python, ['-m', 'tributary_gpu', 'worker', ...given, ...args], { env, stdio: 'inherit' })
  // A terminal tells the whole group; a service manager only us.
  const end = () => child.kill('SIGTERM')
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

function lastAddress(home: string): string | undefined {
  try {
    const { temporal } = portsSchema.parse(JSON.parse(readFileSync(join(home, 'run', 'ports.json'), 'utf8')))
    return `127.0.0.1:${temporal}`
  } catch {
    return undefined // never started here: the worker says where it looked
  }
}
