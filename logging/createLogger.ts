import { mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import pino from 'pino'
import { findError } from '../kernel/index.ts'
import { errorFacts } from './errorFacts.ts'
import { withoutSecrets } from './withoutSecrets.ts'

/** pino, with ids bound by children: `log.child({ receipt })`, `log.child({ workflow })`. */
export type Logger = pino.Logger

/**
 * JSON lines into a file (mode 0600), or on standard error without one.
 *
 * Every finished line passes `withoutSecrets`, whatever made it: fields, bindings of children, errors. Keys,
 * signatures, prompts, samples and answers therefore never reach the file; the message text itself is the
 * caller's to keep clean. `err` and `failure` are written by code and facts.
 * Buffered up to 4 KiB and flushed each second and when the process exits; a SIGKILL can lose the last lines.
 * Cost: about 10 µs a line.
 */
export function createLogger({ file, level = 'info' }: { file?: string; level?: pino.Level } = {}): Logger {
  if (file !== undefined) mkdirSync(dirname(file), { recursive: true })
  // An open descriptor, so that even a process that exits at once can flush.
  const descriptor = file === undefined ? 2 : openSync(file, 'a', 0o600)
  const destination = pino.destination({ dest: descriptor, sync: false, minLength: 4_096, periodicFlush: 1_000 })
  // pino's own hook does not see process.exit().
  process.once('exit', () => destination.flushSync())
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFacts, failure: errorFacts },
      hooks: {
        // Without a message pino takes that of the error, which may quote an input.
        logMethod(args, method) {
          const failure = failureIn(args[0])
          if (failure !== undefined && args.length === 1) {
            const fields = args[0] instanceof Error ? { err: args[0] } : args[0]
            method.call(this, fields, findError(failure)?.message ?? failure.name)
          } else {
            method.apply(this, args)
          }
        },
        streamWrite: (line) => `${JSON.stringify(withoutSecrets(JSON.parse(line)))}\n`,
      },
    },
    destination,
  )
}

function failureIn(first: unknown): Error | undefined {
  if (first instanceof Error) return first
  if (typeof first !== 'object' || first === null || !('err' in first)) return undefined
  return first.err instanceof Error ? first.err : undefined
}
