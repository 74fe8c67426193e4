import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker'
import { defaultRevenueRule } from './attribution/index.ts'
import {
  anvilCommand,
  deployContracts,
  ensureOpen,
  loadOrCreateKeys,
  localChainId,
  openChain,
  readBalance,
  untilChainAnswers,
} from './chain/index.ts'
import { createGateway, createSeller, listen } from './gateway/index.ts'
import { digestText, findError, TributaryError, type Address } from './kernel/index.ts'
import { createLogger } from './logging/index.ts'
import { createEngine, openBase, openExternalEngine, prepareBase, serveConfig } from './models/index.ts'
import { cacheFolder, resolveBase, resolveTemporal, type BaseSource } from './provision/index.ts'
import { choosePort, startSupervised, startTemporal, type Supervised } from './servers/index.ts'
import { appendTrace, openBlobs, openHome, openStore, saveRule } from './store/index.ts'
import { boundTools } from './tools/boundTools.ts'
import {
  embeddedAnswers,
  readAdapterFiles,
  toolActivities,
  type Prices,
  type Progress,
  type ToolContext,
} from './tools/index.ts'
import { buildWorkflowBundle, createGraphWorker, dataConverter } from './workflows/graph/worker/index.ts'
import { connectTemporal } from './workflows/client/connectTemporal.ts'
import { releaseCutActivities } from './workflows/client/releaseCutActivities.ts'
import { workflowPort } from './workflows/client/workflowPort.ts'

const taskQueue = 'tributary'
const settleMs = 1_000
const buyerFundsWei = 100n * 10n ** 18n
const buyerLowWei = 10n * 10n ** 18n

/** What an answer costs where the operator sets nothing else. */
const defaultPrices: Prices = {
  perAnswerWei: 10n ** 15n,
  perPromptTokenWei: 10n ** 13n,
  perCompletionTokenWei: 5n * 10n ** 13n,
}

export type OpenOptions = {
  home: string
  /** Told what is being done, a line at a time. */
  say: (line: string) => void
  host?: string
  port?: number
}

export type ProgressListener = (tool: string, progress: Progress, workflow: string) => void

export type Tributary = {
  ctx: ToolContext
  client: Client
  gatewayUrl: string
  temporalUi: string | undefined
  /** Progress of running tools; returns what stops it. */
  onProgress: (listener: ProgressListener) => () => void
  /** Waits for work; rejects with servers/ended when a part that all others need ends before, or made the work fail. */
  unlessEnded: <T>(work: Promise<T>) => Promise<T>
  /** Resolves when a part that all others need has ended, or when `signal` aborts. */
  untilFailed: (signal: AbortSignal) => Promise<void>
  close: () => Promise<void>
}

/**
 * The composition root: the only place that builds clients, workers and queues. Embedded parts are started where no
 * address names an outgrown one (TEMPORAL_ADDRESS, CHAIN_RPC_URL, DATABASE_URL), and end with this process.
 * Whatever fails on the way closes what was opened before it.
 */
export async function openTributary({ home: dir, say, host = '127.0.0.1', port }: OpenOptions): Promise<Tributary> {
  const closers: (() => Promise<void> | void)[] = []
  const opened = <T>(part: T, close: (part: T) => Promise<void> | void): T => {
    closers.push(() => close(part))
    return part
  }
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer()
  }
  try {
    quietTemporal()
    const home = opened(await openHome(dir), (held) => held.release())
    const log = createLogger({ file: join(home.logs, 'tributary.log') })
    const keys = loadOrCreateKeys(home.dir)
    const failed = new AbortController()
    const watch = (server: Supervised | { exited?: Promise<unknown> }, name: string) =>
      void server.exited?.then(() => failed.abort(ended(name)))

    // What is missing on this machine is said before anything is started.
    const source = resolveTemporal()
    const elsewhere = serveConfig()
    const baseSource = await resolveBase()
    say('starting Temporal, the chain, the database and the engine')
    const bundling = buildWorkflowBundle({
      workflowsPath: fileURLToPath(new URL('workflows/index.ts', import.meta.url)),
      cacheDir: join(cacheFolder(), 'bundles'),
    })
    const [temporal, chainUrl, store, engine, bundle] = await allOrNone([
      startTemporal({ home: home.dir, source }).then((server) => opened(server, ({ stop }) => stop())),
      openAnvil(home.dir, home.anvilState).then((chain) =>
        chain.server ? opened(chain, ({ server }) => server?.stop()) : chain,
      ),
      openStore(process.env['DATABASE_URL'] ? { url: process.env['DATABASE_URL'] } : { dir: home.pg }).then((db) =>
        opened(db, (it) => it.close()),
      ),
      openEngine(baseSource, say).then((it) => opened(it, (running) => running.close())),
      bundling,
    ])
    watch(temporal, 'Temporal')
    if (chainUrl.server) watch(chainUrl.server, 'anvil')
    const blobs = await openBlobs(home.blobs)
    const stateFile = chainUrl.server ? { stateFile: home.anvilState } : {}
    const deployment = await deployContracts({
      rpcUrl: chainUrl.url,
      keys,
      file: join(home.dir, 'deployment.json'),
      ...stateFile,
    })
    const chain = await openChain({ rpcUrl: chainUrl.url, keys, deployment, ...stateFile })

    // Test tokens for the buyer of this home, when it runs low: a start that asks nothing moves no money. On any other
    // chain the operator funds it.
    const buyer = keys.buyer.address as Address
    if (chain.chainId === localChainId && (await readBalance(chain, buyer)) < buyerLowWei)
      await ensureOpen(chain, { account: buyer, wei: buyerFundsWei })

    const { connection } = opened(await connectTemporal(temporal.address), (it) => it.close())
    const client = new Client({ connection, namespace: temporal.namespace, dataConverter })
    const address = { server: temporal.address, ui: temporal.uiUrl }
    const workflows = workflowPort({ client, taskQueue, bundle, address })
    const answers = elsewhere
      ? await openExternalEngine({
          config: elsewhere,
          ...engine,
          readFiles: (adapter) => readAdapterFiles({ home }, adapter),
        })
      : embeddedAnswers({ home, engine })
    let gatewayUrl = ''
    const ctx: ToolContext = {
      store, blobs, home, chain, keys, engine, answers, workflows, log,
      rule: defaultRevenueRule,
      prices: defaultPrices,
      now: Date.now,
      gatewayUrl: () => gatewayUrl,
      call: { face: 'test' },
    } // prettier-ignore
    await saveRule(store, { rule: ctx.rule })

    const seller = createSeller(ctx)
    const recovered = await seller.recover()
    if (recovered.settled + recovered.failed > 0) log.info(recovered, 'payments recovered')
    const app = createGateway({ tools: boundTools, ctx, seller, operatorToken: operatorToken(home.keys) })
    const listening = opened(
      await listen(app, {
        host,
        port: await choosePort({ home: home.dir, name: 'gateway', wanted: port }),
        runDir: home.run,
      }),
      (it) => it.close(),
    )
    gatewayUrl = listening.url

    // A server of our own has no other worker: what is at work there was cut with the process before this one.
    if (temporal.pid !== undefined) log.info({ activities: await releaseCutActivities(client) }, 'cut steps released')
    const progress = new EventEmitter()
    const native = opened(await NativeConnection.connect({ address: temporal.address }), (it) => it.close())
    const worker = await createGraphWorker({
      connection: native,
      namespace: temporal.namespace,
      taskQueue,
      bundle,
      activities: toolActivities(boundTools, ctx, {
        progress: (workflow, tool, at) => void progress.emit('progress', tool, at, workflow),
        trace: async ({ workflow, ...body }) => {
          await appendTrace(store, {
            subject: workflow,
            key: `${body.effectKey}/${body.attempt}`,
            kind: 'tool',
            body,
            atMs: Date.now(),
          })
        },
      }),
      maxConcurrentActivityTaskExecutions: 4,
    })
    const running = worker.run()
    opened(worker, async (it) => {
      if (it.getState() === 'RUNNING') it.shutdown()
      await running.catch((failure: unknown) => log.error({ err: failure }, 'worker ended'))
    })
    running.then(
      () => failed.abort(ended('the worker')),
      () => failed.abort(ended('the worker')),
    )
    return {
      ctx,
      client,
      gatewayUrl,
      temporalUi: temporal.uiUrl,
      onProgress: (listener) => {
        progress.on('progress', listener)
        return () => progress.off('progress', listener)
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
      close,
    }
  } catch (failure) {
    await close()
    throw failure
  }
}

async function openAnvil(home: string, stateFile: string): Promise<{ url: string; server?: Supervised }> {
  const outgrown = process.env['CHAIN_RPC_URL']
  if (outgrown) return { url: outgrown }
  const port = await choosePort({ home, name: 'anvil' })
  const server = await startSupervised({ name: 'anvil', home, ...anvilCommand({ port, stateFile }) })
  const url = `http://127.0.0.1:${port}`
  try {
    await untilChainAnswers(url)
  } catch (failure) {
    await server.stop()
    throw failure
  }
  return { url, server }
}

async function openEngine(source: BaseSource, say: (line: string) => void) {
  if (source.notice) say(source.notice)
  return createEngine({ base: await openBaseOf(source) })
}

/** A pinned base is known by its digest; one that the user names is hashed at each start, since its bytes can change under its name. */
async function openBaseOf({ path, name, digest }: BaseSource) {
  const into = join(cacheFolder(), 'bases', (digest ?? digestText(resolve(path))).slice(2, 18))
  if (digest === undefined) return prepareBase({ file: path, into, name: basename(path) })
  return existsSync(into) ? openBase(into) : prepareBase({ file: path, into, name, expectedSha256: digest.slice(2) })
}

function operatorToken(keysDir: string): string {
  const file = join(keysDir, 'operator-token')
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

function quietTemporal(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] })
  } catch {
    // A runtime is installed once a process; a second home in one process shares the first one's.
  }
}

/** Waits for all; when one fails, waits for the others too, so that what they opened can be closed. */
async function allOrNone<T extends readonly unknown[]>(parts: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const settled = await Promise.allSettled(parts)
  for (const part of settled) if (part.status === 'rejected') throw part.reason
  return settled.map((part) => (part as PromiseFulfilledResult<unknown>).value) as unknown as T
}

function ended(part: string): TributaryError {
  return new TributaryError(`A part that all others need has ended: ${part}.`, {
    code: 'servers/ended',
    facts: { part },
    tryThis: 'run npm start again: it goes on where this one stopped',
    retry: true,
  })
}
