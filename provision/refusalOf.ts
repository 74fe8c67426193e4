import { findError, TributaryError } from '../kernel/index.ts'

/**
 * Why one way did not work, as one line, so that the next way can be tried. What no other way can mend goes on as an
 * error: a full disk (provision/disk-full), and whatever is no coded error, which is a fault of ours.
 */
export function refusalOf(error: unknown): string {
  if (isDiskFull(error)) {
    throw new TributaryError('The disk is full.', {
      code: 'provision/disk-full',
      tryThis: 'free 1 GB where TRIBUTARY_CACHE (default ~/.cache/tributary) lies, or let it name another folder',
      retry: true,
      cause: error,
    })
  }
  const coded = findError(error)
  if (coded === undefined) throw error
  const { code, message, facts } = coded
  const detail = facts['reason'] ?? facts['said'] ?? facts['status']
  return `${message} [${code}]${detail === undefined ? '' : ` ${String(detail).replaceAll('\n', ' ').slice(0, 300)}`}`
}

function isDiskFull(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ((at as NodeJS.ErrnoException).code === 'ENOSPC') return true
  }
  return false
}
