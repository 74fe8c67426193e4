import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { digestText, TributaryError } from '../kernel/index.ts'
import { cacheFolder } from './cacheFolder.ts'
import { runProgram } from './runProgram.ts'
import { sayWhile } from './sayWhile.ts'

const lockFile = fileURLToPath(new URL('../models/gpu/requirements.lock', import.meta.url))
const pythons = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python']
const installTimeoutMs = 3_600_000

/** The Python of the GPU worker: TRIBUTARY_PYTHON, else the environment in our cache that was made from today's lock. */
export function findGpuPython(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['TRIBUTARY_PYTHON']
  if (named) return named
  const { folder, python } = environment(env)
  return existsSync(join(folder, 'complete')) ? python : undefined
}

/**
 * findGpuPython, or an environment made now: venv, then pip with the hashes of requirements.lock. Once for each lock:
 * about 3 GB on Linux, with CUDA. Throws provision/no-python, provision/pip.
 */
export async function provideGpuPython({
  say,
  env = process.env,
}: {
  say: (line: string) => void
  env?: NodeJS.ProcessEnv
}): Promise<string> {
  const found = findGpuPython(env)
  if (found !== undefined) return found
  const { folder, python } = environment(env)
  const base = await newEnoughPython(env)
  await rm(folder, { recursive: true, force: true })
  await mkdir(dirname(folder), { recursive: true })
  await sayWhile(say, 'installing PyTorch and what the GPU worker needs (once; 3 GB on Linux)', async () => {
    await must(base, ['-m', 'venv', folder], env)
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input']
    await must(python, ['-m', 'pip', 'install', ...quiet, '--require-hashes', '--no-deps', '-r', lockFile], env)
  })
  await writeFile(join(folder, 'complete'), '')
  return python
}

function environment(env: NodeJS.ProcessEnv): { folder: string; python: string } {
  const folder = join(cacheFolder(env), 'gpu', digestText(readFileSync(lockFile, 'utf8')).slice(2, 14))
  const program = process.platform === 'win32' ? join('Scripts', 'python.exe') : join('bin', 'python')
  return { folder, python: join(folder, program) }
}

async function newEnoughPython(env: NodeJS.ProcessEnv): Promise<string> {
  const test = 'import sys, venv; sys.exit(sys.version_info < (3, 11))'
  for (const python of pythons) {
    const { code } = await runProgram(python, ['-c', test], { timeoutMs: 30_000, env })
    if (code === 0) return python
  }
  throw new TributaryError('The GPU worker needs Python 3.11 or newer.', {
    code: 'provision/no-python',
    facts: { lookedFor: pythons },
    tryThis:
      'install it with its venv module, or let TRIBUTARY_PYTHON name one that has the packages of requirements.lock',
  })
}

async function must(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { code, tail, reason } = await runProgram(program, args, { timeoutMs: installTimeoutMs, env })
  if (code === 0) return
  throw new TributaryError('The packages of the GPU worker could not be installed.', {
    code: 'provision/pip',
    facts: { said: (reason ?? tail.trim()).slice(-1_000) },
    tryThis: 'check the network and the index that pip uses (pip config list), and the free space of the cache folder',
    retry: true,
  })
}
