import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { findError, TributaryError } from '../../kernel/index.ts'
import { retrainOutcome, type RetrainOutcome, type RetrainRequest } from './retrainProgram.ts'

const program = fileURLToPath(new URL('retrainProgram.ts', import.meta.url))

type Said = { step?: number; steps?: number; lossMicroNats?: number; outcome?: unknown; failure?: { message?: string } }

/**
 * Runs retrainProgram.ts in a process of its own, and waits for it. The process ends with this one, and when `signal` says so.
 * Throws what the program says, verify/process when it ends without a word, models/cancelled.
 */
export async function retrainApart(
  request: RetrainRequest,
  { onStep, signal }: { onStep?: (step: number, of: number, lossMicroNats: number) => void; signal?: AbortSignal },
): Promise<RetrainOutcome> {
  const child = spawn(process.execPath, [program, JSON.stringify(request)], { stdio: ['pipe', 'pipe', 'pipe'] })
  let last: Said = {}
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2_000)))
  // A child that ended closes its pipe; what it said tells why.
  child.stdin.on('error', () => undefined)
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = JSON.parse(line) as Said
    const { step, steps, lossMicroNats } = last
    if (step !== undefined) onStep?.(step, steps ?? 0, lossMicroNats ?? 0)
  })
  const stop = () => void child.kill('SIGKILL')
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    if (signal?.aborted)
      throw new TributaryError('Retraining was cancelled.', { code: 'models/cancelled', retry: true })
    const coded = findError(last.failure)
    if (coded !== undefined) throw coded
    if (code === 0 && last.outcome !== undefined) return retrainOutcome.parse(last.outcome)
    throw new TributaryError('The process that trains again ended without an outcome.', {
      code: 'verify/process',
      facts: { exit: code, said: (last.failure?.message ?? complaint).slice(-600) },
      tryThis: 'look at what it said; blocks that are done are kept, so the same call goes on',
      retry: code === null,
    })
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}
