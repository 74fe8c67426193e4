import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { devServerFileSettings, devServerSettings, TributaryError } from '../kernel/index.ts'
import { resolveTemporal, type TemporalSource } from '../provision/index.ts'
import { choosePort } from './choosePort.ts'
import { probeTemporal, retentionDays } from './probeTemporal.ts'
import { startSupervised } from './startSupervised.ts'

export type TemporalOptions = {
  home: string
  /** Default: what `resolveTemporal` finds. */
  source?: TemporalSource
  namespace?: string
  port?: number | undefined
  uiPort?: number | undefined
  timeoutMs?: number
}

export type TemporalServer = {
  /** host:port of the gRPC service. */
  address: string
  namespace: string
  /** None for a server that we did not start. */
  uiUrl?: string
  pid?: number
  logFile?: string
  exited?: Promise<unknown>
  stop: () => Promise<void>
}

/**
 * A Temporal server that answers: the one at TEMPORAL_ADDRESS, or a dev server on 127.0.0.1 with its state in
 * `temporal.db` of the home, on the ports of last time where they are free, supervised.
 * Returns when the namespace is there and keeps closed workflows for `retentionDays` (a dev server forgets them after one day).
 * A server that ends while it starts is started twice more, on other ports where its own were taken meanwhile.
 * Throws provision/no-temporal, servers/port-taken, servers/not-started, servers/temporal-ended (with the log's name),
 * servers/temporal-unreachable after `timeoutMs`.
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const { source = resolveTemporal(), namespace = 'default', timeoutMs = 60_000 } = options
  if (source.kind === 'address') {
    await untilItAnswers({ address: source.address, namespace, timeoutMs })
    return { address: source.address, namespace, stop: async () => {} }
  }
  for (let left = startsAtMost; ; left--) {
    try {
      return await startDevServer(source.path, options)
    } catch (error) {
      const hasEnded = error instanceof TributaryError && error.code === 'servers/temporal-ended'
      if (!hasEnded || left === 1) throw error
    }
  }
}

// It takes a few ports more than it is given, and between a look at a port and its use another program can take it.
const startsAtMost = 3

async function startDevServer(path: string, options: TemporalOptions): Promise<TemporalServer> {
  const { home, namespace = 'default', timeoutMs = 60_000 } = options
  const port = await choosePort({ home, name: 'temporal', wanted: options.port })
  const uiPort = await choosePort({ home, name: 'temporal-ui', wanted: options.uiPort })
  const server = await startSupervised({
    name: 'temporal',
    command: path,
    // prettier-ignore
    args: [
      'server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort),
      '--namespace', namespace, '--db-filename', join(home, 'temporal.db'), '--log-format', 'json', '--log-level', 'warn',
      ...devServerFileSettings, ...devServerSettings,
    ],
    home,
  })
  const address = `127.0.0.1:${port}`
  try {
    const setRetention = retentionDays
    await untilItAnswers({
      address,
      namespace,
      timeoutMs,
      setRetention,
      exited: server.exited,
      logFile: server.logFile,
    })
  } catch (error) {
    await server.stop()
    throw error
  }
  const { pid, logFile, exited, stop } = server
  return { address, namespace, uiUrl: `http://127.0.0.1:${uiPort}`, pid, logFile, exited, stop }
}

type Wait = {
  address: string
  namespace: string
  timeoutMs: number
  setRetention?: number
  exited?: Promise<unknown>
  logFile?: string
}

async function untilItAnswers(wait: Wait): Promise<void> {
  const { address, namespace, timeoutMs, setRetention, exited, logFile } = wait
  const gone = new AbortController()
  void exited?.then(() => gone.abort())
  let cause: unknown
  for (const end = Date.now() + timeoutMs; Date.now() < end && !gone.signal.aborted; await sleep(100)) {
    try {
      const patienceMs = Math.max(200, Math.min(2_000, end - Date.now()))
      return await probeTemporal({
        address,
        namespace,
        patienceMs,
        ...(setRetention === undefined ? {} : { setRetention }),
      })
    } catch (error) {
      cause = error
    }
  }
  const facts = { address, namespace, ...(logFile === undefined ? {} : { logFile }) }
  if (gone.signal.aborted) {
    throw new TributaryError('The Temporal server ended while it started.', {
      code: 'servers/temporal-ended',
      facts,
      tryThis: `look into ${logFile}`,
      cause,
    })
  }
  throw new TributaryError('The Temporal server does not answer.', {
    code: 'servers/temporal-unreachable',
    facts: { ...facts, waitedMs: timeoutMs },
    tryThis: logFile === undefined ? 'check TEMPORAL_ADDRESS and that this server runs' : `look into ${logFile}`,
    retry: true,
    cause,
  })
}
