import { Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client'

const longestPauseMs = 2_000

/**
 * A connection that retries as Temporal's own does, and can be closed while a call waits for its next try: the client's
 * retry would call the closed channel from a timer, where nobody can catch it. So closing ends retries and waits for the last.
 */
export async function connectTemporal(
  address: string,
): Promise<{ connection: Connection; close: () => Promise<void> }> {
  const usual = defaultGrpcRetryOptions()
  let closing = false
  let lastTryMs = 0
  const retry = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !closing && usual.retryableDecider(attempt, status),
    delayFunction: (attempt, status) => {
      const pauseMs = Math.min(longestPauseMs, usual.delayFunction(attempt, status))
      lastTryMs = Math.max(lastTryMs, performance.now() + pauseMs)
      return pauseMs
    },
  })
  const connection = await Connection.connect({ address, interceptors: [retry] })
  return {
    connection,
    async close() {
      closing = true
      const waitMs = lastTryMs - performance.now()
      if (waitMs > -graceMs) await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs) + graceMs))
      await connection.close()
    },
  }
}

// A timer fires a little late on a busy machine.
const graceMs = 200
