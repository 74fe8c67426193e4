import { setTimeout as sleep } from 'node:timers/promises'
import { findError, TributaryError } from '../kernel/index.ts'

const settleMs = 1_000

export type WatchedParts = {
  /** A part that all others need: its end is everybody's. */
  watch: (exited: Promise<unknown> | undefined, name: string) => void
  /** Waits for work; rejects with servers/ended when a watched part ends before, or made the work fail. */
  unlessEnded: <T>(work: Promise<T>) => Promise<T>
  /** Resolves when `signal` aborts; rejects with servers/ended when a watched part ends before. */
  untilFailed: (signal: AbortSignal) => Promise<void>
}

/** Watches the parts of a process, so that the end of one is told as what it is to whoever waits for something else. */
export function watchParts(): WatchedParts {
  const failed = new AbortController()
  return {
    watch: (exited, name) => {
      const end = () => failed.abort(ended(name))
      void exited?.then(end, end)
    },
    unlessEnded: async (work) => {
      const broken = new Promise<never>((_, reject) => {
        const end = () => reject(failed.signal.reason as Error)
        if (failed.signal.aborted) end()
        else failed.signal.addEventListener('abort', end, { once: true })
      })
      try {
        return await Promise.race([work, broken])
      } catch (failure) {
        const coded = findError(failure)
        if (coded && !coded.retry) throw failure
        // A call to a part that has just ended may fail before its end is known.
        await Promise.race([sleep(settleMs), broken])
        throw failure
      }
    },
    untilFailed: async (signal) => {
      const any = AbortSignal.any([signal, failed.signal])
      if (!any.aborted) await new Promise((resolve) => any.addEventListener('abort', resolve, { once: true }))
      if (failed.signal.aborted && !signal.aborted) throw failed.signal.reason
    },
  }
}

function ended(part: string): TributaryError {
  return new TributaryError(`A part that all others need has ended: ${part}.`, {
    code: 'servers/ended',
    facts: { part },
    tryThis: 'run npm start again: it goes on where this one stopped',
    retry: true,
  })
}
