import { spawn } from 'node:child_process'

export type ProgramEnd = {
  code: number | null
  /** The last 4,000 characters of what it said on stdout and stderr. */
  tail: string
  /** `missing`: no such program; `late`: ended by us at the limit. */
  reason?: 'missing' | 'late'
}

export type ProgramOptions = { timeoutMs: number; cwd?: string; env?: NodeJS.ProcessEnv }

/** Runs a program to its end, or ends it at the limit (SIGTERM, SIGKILL after 2 s). Never rejects; no shell. */
export function runProgram(command: string, args: readonly string[], options: ProgramOptions): Promise<ProgramEnd> {
  const { timeoutMs, cwd, env = process.env } = options
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
      ...(cwd === undefined ? {} : { cwd }),
    })
    let tail = ''
    let reason: 'late' | undefined
    for (const output of [child.stdout, child.stderr]) {
      output.on('data', (chunk: Buffer) => {
        tail = (tail + chunk.toString()).slice(-4_000)
      })
    }
    const limit = setTimeout(() => {
      reason = 'late'
      child.kill('SIGTERM')
      setTimeout(() => child.kill('SIGKILL'), 2_000).unref()
    }, timeoutMs)
    child.once('error', (error) => finish({ code: null, tail: error.message, reason: 'missing' }))
    // Not `close`: a grandchild that holds the pipes would keep us waiting.
    child.once('exit', (code) =>
      setImmediate(() => finish({ code, tail, ...(reason === undefined ? {} : { reason }) })),
    )
    function finish(end: ProgramEnd): void {
      clearTimeout(limit)
      child.stdout.destroy()
      child.stderr.destroy()
      resolve(end)
    }
  })
}
