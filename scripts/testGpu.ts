/**
 * `npm run test:gpu`: the tests of the Python worker (models/gpu/tests), then the fine-tune workflow with a real worker on a
 * real Temporal server. They need PyTorch: TRIBUTARY_PYTHON, else an environment made now from requirements.lock (3 GB). No
 * part of `npm test` nor of CI, where the contract of both sides is tested (models/gpu/contract.test.ts).
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { TributaryError } from '../kernel/index.ts'
import { provideGpuPython, resolveTemporal } from '../provision/index.ts'
import { root } from './check/checkStep.ts'
import { fail } from './setup/fail.mjs'
import { say } from './setup/say.mjs'

try {
  const python = await provideGpuPython({ say })
  const temporal = resolveTemporal()
  const env = {
    ...process.env,
    TRIBUTARY_PYTHON: python,
    TRIBUTARY_TEST_GPU: '1',
    OMP_NUM_THREADS: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    NODE_NO_WARNINGS: '1',
    ...(temporal.kind === 'program' ? { TEMPORAL_CLI_PATH: temporal.path } : {}),
  }
  const folder = join(root, 'models', 'gpu')
  const codes = [
    await run(python, ['-m', 'pytest', '-c', join(folder, 'pyproject.toml'), '--rootdir', folder], env),
    await run(join(root, 'node_modules', '.bin', 'vitest'), ['run', '--project', 'gpu'], env),
  ]
  process.exitCode = codes.every((code) => code === 0) ? 0 : 1
} catch (error) {
  if (!(error instanceof TributaryError)) throw error
  const { code, message, facts, tryThis } = error
  fail({ code, message, facts, tryThis: tryThis ?? 'run the same command again' })
}

function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(command, args, { cwd: join(root), env, stdio: ['ignore', 'inherit', 'inherit'] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
