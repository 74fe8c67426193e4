import type { TributaryError } from '../kernel/index.ts'

/** As sysexits(3) has them: 64 for a wrong command line, 75 for what can succeed later unchanged; 1 for the rest. */
export function exitCodeOf(error: TributaryError | undefined): number {
  if (error?.code === 'cli/usage' || error?.code === 'cli/duration') return 64
  return error?.retry ? 75 : 1
}
