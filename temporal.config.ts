import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Client } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { defaultRevenueRule } from './attribution/index.ts'
import {
  anvilCommand,
  chainSettings,
  ensureDeployment,
  ensureOpen,
  loadOrCreateKeys,
  localChainId,
  openChain,
  readBalance,
  recoverAnvil,
  untilChainAnswers,
  type Chain,
} from './chain/index.ts'
import { listen, openGateway, recordedGateway } from './gateway/index.ts'
import type { Address, Digest } from './kernel/index.ts'
import { createLogger } from './logging/index.ts'
import { baseOfHome, createEngine, keepBase, openExternalEngine, openSource, serveConfig } from './models/index.ts'
import { basesFolder, cacheFolder, resolveBase, resolveTemporal, type BaseSource } from './provision/index.ts'
import {
  allOrNone,
  checkRole,
  choosePort,
  startSupervised,
  startTemporal,
  watchParts,
  type Role,
  type Supervised,
  type WatchedParts,
} from './servers/index.ts'
import { openBlobs, openHome, openStore, withLease, type Store } from './store/index.ts'
import { boundTools } from './tools/boundTools.ts'
import {
  createSchemes,
  embeddedAnswers,
  followGovernance,
  genesisOf,
  openDecider,
  publicProofs,
  readAdapterFiles,
  refuseOtherBase,
  resoldToo,
  toolActivities,
  watchEvents,
  type Prices,
  type Progress,
  type ToolContext,
} from './tools/index.ts'
import { activityPlaces, answerSettings, queuedAnswers, startAnswerWorkers } from './workflows/activities/index.ts'
import { graphDataConverter } from './workflows/graph/client/index.ts'
import { createWorker, lineageOf, passesLineage } from './workflows/graph/worker/index.ts'
import { bundleWorkflows } from './workflows/client/bundleWorkflows.ts'
import { connectTemporal } from './workflows/client/connectTemporal.ts'
import { lookAfterPayments } from './workflows/client/lookAfterPayments.ts'
import { quietTemporal } from './workflows/client/quietTemporal.ts'
import { releaseCutActivities } from './workflows/client/releaseCutActivities.ts'
import { workflowPort } from './workflows/client/workflowPort.ts'

const taskQueue = 'tributary'
const waiting = new Set(
  boundTools.filter(({ definition }) => definition.waits).map(({ definition }) => definition.name),
)
const buyerFundsWei = 100n * 10n ** 18n
const buyerLowWei = 10n * 10n ** 18n

/** What an answer costs where the operator sets nothing else. */
const defaultPrices: Prices = {
  platformWei: 10n ** 15n,
  inputWeiPer1000: 10n ** 16n,
  outputWeiPer1000: 5n * 10n ** 16n,
}

export type OpenOptions = {
  home: string
  /** `all` unless given. The others share a home, and servers that the environment names. */
  role?: Role
  /** Name or digest of an added base, from now on that of this home; else as baseOfHome and resolveBase find it. */
  base?: string | undefined
  /** Told what is being done, a line at a time. */
  say: (line: string) => void
  host?: string
  port?: number
}

export type ProgressListener = (tool: string, progress: Progress, workflow: string) => void

export type Tributary = Pick<WatchedParts, 'unlessEnded' | 'untilFailed'> & {
  ctx: ToolContext
  client: Client
  /** Empty in an engine worker, which listens nowhere. */
  gatewayUrl: string
  temporalUi: string | undefined
  /** Progress of running tools; returns what stops it. */
  onProgress: (listener: ProgressListener) => () => void
  close: () => Promise<void>
}

/**
 * The composition root: the only place that builds clients, workers and queues. Embedded parts are started where no
 * address names an outgrown one (TEMPORAL_ADDRESS, CHAIN_RPC_URL, DATABASE_URL), and end with this process.
 * Whatever fails on the way closes what was opened before it.
 */
export async function openTributary(options: OpenOptions): Promise<Tributary> {
  const { home: dir, role = 'all', say, host = '127.0.0.1', port } = options
  const isAlone = role === 'all'
  const closers: (() => Promise<void> | void)[] = []
  const opened = <T>(part: T, close: (part: T) => Promise<void> | void): T => {
    closers.push(() => close(part))
    return part
  }
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer()
  }
  try {
    checkRole(role)
    quietTemporal()
    const home = opened(await openHome(dir, { shared: !isAlone }), (held) => held.release())
    const log = createLogger({ file: join(home.logs, isAlone ? 'tributary.log' : `${role}-${process.pid}.log`) })
    const keys = loadOrCreateKeys(home.dir)
    const parts = watchParts()

    // What is missing on this machine is said before anything is started.
    const source = resolveTemporal()
    const elsewhere = serveConfig()
    const added = await baseOfHome({ home: home.dir, folder: basesFolder(), wanted: options.base })
    const baseSource = await resolveBase(added ? { ...process.env, TRIBUTARY_BASE: added.dir } : process.env)
    say('starting Temporal, the chain, the database and the engine')
    const bundling = bundleWorkflows({ cacheDir: join(cacheFolder(), 'bundles'), say })
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
    parts.watch(temporal.exited, 'Temporal')
    parts.watch(chainUrl.server?.exited, 'anvil')
    await refuseOtherBase({ store, engine })
    if (options.base !== undefined) await keepBase(home.dir, engine.base.digest)
    const blobs = await openBlobs(home.blobs)
    const stateFile = chainUrl.server ? { stateFile: home.anvilState } : {}
    // Processes that start together: the first deploys and funds, the others find it done.
    const first = <T>(work: () => Promise<T>) => (isAlone ? work() : withLease(store, { key: 'start' }, work))
    const chain = await first(async () => {
      const { url: rpcUrl } = chainUrl
      const file = join(home.dir, 'deployment.json')
      const genesis = genesisOf(defaultRevenueRule)
      const deployment = await ensureDeployment({ rpcUrl, keys, file, genesis, ...stateFile })
      const opening = await openChain({ rpcUrl, keys, deployment, ...stateFile, ...chainSettings(process.env) })
      const chain = isAlone ? opening : sharedSender(opening, store)
      // Test tokens for the buyer of this home, when it runs low: a start that asks nothing moves no money. On any other
      // chain the operator funds it.
      const buyer = keys.buyer.address as Address
      if (chain.chainId === localChainId && (await readBalance(chain, buyer)) < buyerLowWei)
        await ensureOpen(chain, { account: buyer, wei: buyerFundsWei })
      return chain
    })

    const { connection } = opened(await connectTemporal(temporal.address), (it) => it.close())
    const client = new Client({
      connection,
      namespace: temporal.namespace,
      dataConverter: graphDataConverter(blobs),
      interceptors: { workflow: [passesLineage] },
    })
    const address = { server: temporal.address, ui: temporal.uiUrl }
    const workflows = workflowPort({ client, taskQueue, bundle, address, blobs })
    const { groups, room } = answerSettings()
    const { contextTokens } = engine
    const answers = elsewhere
      ? await openExternalEngine({ config: elsewhere, ...engine, readFiles: (it) => readAdapterFiles({ home }, it) })
      : embeddedAnswers({ home, engine })
    const governed = await followGovernance({ store, chain, log, known: [defaultRevenueRule] })
    opened(governed.watch(), (stop) => stop())
    let gatewayUrl = ''
    const ctx: ToolContext = {
      store, blobs, home, chain, keys, engine, workflows, log,
      proofs: publicProofs(),
      answers: resoldToo({ store, blobs, engine }, role === 'gateway' && !elsewhere ? queuedAnswers({ store, workflows, groups, contextTokens }) : answers),
      governed,
      prices: defaultPrices,
      decider: openDecider(process.env, { engine }),
      schemes: createSchemes({ chain, store, keys }),
      now: Date.now,
      gatewayUrl: () => gatewayUrl || recordedGateway(home.run),
      call: { face: 'test' },
    } // prettier-ignore

    if (role !== 'engine') {
      const { app, stop } = await openGateway(ctx, boundTools)
      opened(stop, (end) => end())
      const wanted = isAlone ? await choosePort({ home: home.dir, name: 'gateway', wanted: port }) : (port ?? 0)
      const listening = opened(await listen(app, { host, port: wanted, runDir: home.run }), (it) => it.close())
      gatewayUrl = listening.url
    }
    // A server of our own has no other worker: what is at work there was cut with the process before this one.
    if (temporal.pid !== undefined) log.info({ activities: await releaseCutActivities(client) }, 'cut steps released')
    const progress = new EventEmitter()
    if (role !== 'gateway') {
      const native = opened(await NativeConnection.connect({ address: temporal.address }), (it) => it.close())
      const at = { connection: native, namespace: temporal.namespace, blobs }
      const worker = await createWorker({
        ...at,
        taskQueue,
        graphs: bundle,
        tools: activitiesOf(ctx, progress),
        tuner: activityPlaces({ places: 8, waits: (tool) => waiting.has(tool) }),
      })
      const running = worker.run()
      opened(worker, async (it) => {
        if (it.getState() === 'RUNNING') it.shutdown()
        await running.catch((failure: unknown) => log.error({ err: failure }, 'worker ended'))
      })
      parts.watch(running, 'the worker')
      if (!isAlone) {
        const onFailure = (failure: unknown) => log.error({ err: failure }, 'a worker of answers failed')
        const onAnswer = (key: Digest) => log.info({ job: key }, 'answer made')
        const id = `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`
        const workers = { ...at, store, answers, id, groups, room, onFailure, onAnswer }
        opened(await startAnswerWorkers(workers), (it) => it.close())
      }
    }
    await lookAfterPayments(client, taskQueue)
    if (role !== 'engine') opened(watchEvents(ctx), (stop) => stop())
    return {
      ctx,
      client,
      gatewayUrl,
      temporalUi: temporal.uiUrl,
      onProgress: (listener) => {
        progress.on('progress', listener)
        return () => progress.off('progress', listener)
      },
      unlessEnded: parts.unlessEnded,
      untilFailed: parts.untilFailed,
      close,
    }
  } catch (failure) {
    await close()
    throw failure
  }
}

/** The tools as activities, with their progress told. */
function activitiesOf(ctx: ToolContext, progress: EventEmitter) {
  return toolActivities(boundTools, ctx, {
    progress: (workflow, tool, at) => void progress.emit('progress', tool, at, workflow),
    lineage: lineageOf,
  })
}

/** One transaction of the operator at a time among all processes that send as it. */
function sharedSender(chain: Chain, store: Store): Chain {
  const key = `operator/${chain.chainId}/${chain.writer.account.address}`
  return { ...chain, lock: (task) => chain.lock(() => withLease(store, { key }, task)) }
}

async function openAnvil(home: string, stateFile: string): Promise<{ url: string; server?: Supervised }> {
  const outgrown = process.env['CHAIN_RPC_URL']
  if (outgrown) return { url: outgrown }
  const port = await choosePort({ home, name: 'anvil' })
  await recoverAnvil(stateFile)
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
  return createEngine({ base: await openSource({ ...source, folder: basesFolder() }) })
}
