import { spawn } from 'node:child_process'
import { TributaryError } from '../../kernel/index.ts'

type Refusal = { code: `evals/${string}`; tryThis: string; cwd?: string }

/** Runs a program that prepares a peer. Throws the refusal's code with the last words of the program. */
export async function runOrThrow(command: string, args: string[], { code, tryThis, cwd }: Refusal): Promise<void> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
    ...(cwd === undefined ? {} : { cwd }),
  })
  let tail = ''
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-2_000)))
  const end = await new Promise<number | string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', resolve)
  })
  if (end === 0) return
  throw new TributaryError('A program that the peers of the tables need failed.', {
    code,
    facts: { command: [command, ...args].join(' '), end: String(end), saidLast: tail.trim().slice(-600) },
    tryThis,
  })
}
