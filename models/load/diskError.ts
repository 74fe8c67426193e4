import { TributaryError } from '../../kernel/index.ts'

/** A file could not be written: no room, no right, no disk. */
export function diskError(file: string, cause: unknown): TributaryError {
  return new TributaryError('A file could not be written.', {
    code: 'models/disk',
    facts: { file, reason: cause instanceof Error ? cause.message : String(cause) },
    tryThis: 'make room on the disk and start again: what was finished before is kept',
    retry: true,
    cause,
  })
}
