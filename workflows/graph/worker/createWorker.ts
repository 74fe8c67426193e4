import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { NativeConnection, Worker, type InjectedSinks, type WorkerOptions } from '@temporalio/worker'
import { TributaryError } from '../../../kernel/index.ts'
import { defaultTaskQueue } from '../client/createClient.ts'
import type { GraphReport } from '../graphCheck.ts'
import type { BlobStore } from '../payload/blobStore.ts'
import { graphDataConverter } from '../payload/graphDataConverter.ts'
import type { ProbeSinks } from '../replayProbe.ts'
import { buildWorkflowBundle } from './buildWorkflowBundle.ts'
import { callsOfNodes } from './callsOfNodes.ts'
import { checkGraphs } from './checkGraphs.ts'
import { codedErrors } from './codedErrors.ts'
import { readsBrought } from './lineageOf.ts'
import { nodeModulesPath } from './paths.ts'
import { quietThreads } from './quietThreads.ts'

type Ours = 'workflowBundle' | 'workflowsPath' | 'dataConverter' | 'activities' | 'taskQueue'

export type GraphWorkerOptions = Omit<WorkerOptions, Ours> & {
  /** The file that exports the graphs, which is bundled at the first start and then taken from the cache; or what
   * buildWorkflowBundle made of it before. */
  graphs: string | URL | { codePath: string; graphs?: GraphReport[] }
  /** The activities, by the names that the placements of the graphs' nodes say. */
  tools: object
  taskQueue?: string
  /** Where the server is, unless `connection` is given: default TEMPORAL_ADDRESS, or localhost:7233. */
  address?: string
  /** Where large payloads lie; that of the clients. Default: files below TRIBUTARY_HOME, or .tributary. */
  blobs?: BlobStore
  /** Where bundles are kept. Default: node_modules/.cache/tributary. */
  cacheDir?: string
  /** Keep JavaScript stack traces in the sandbox, and Temporal's query for them (default false): Temporal takes one for every
   * promise, which costs a saturated worker up to half of its speed. */
  stackTraces?: boolean
}

/**
 * A Temporal worker with the payload converter, the error conversion and the settings that durable graphs need.
 * Throws before it takes a task: what buildWorkflowBundle throws of graphs that can't run, graph/unknown-tool where a node
 * names a tool that is not there, graph/unreachable.
 */
export async function createWorker(options: GraphWorkerOptions): Promise<Worker> {
  const { graphs, tools, address, blobs, cacheDir, stackTraces = false, sinks, interceptors, ...rest } = options
  const bundle = await bundleOf(graphs, cacheDir)
  checkTools(bundle.graphs ?? (await checkGraphs(bundle)), tools)
  const own = rest.connection === undefined ? await connect(address) : undefined
  const silent: InjectedSinks<ProbeSinks> = { replayProbe: { record: { fn: () => {}, callDuringReplay: false } } }
  // The flag is read when an isolate is made: set around the making of the workflow threads, it touches only them.
  if (!stackTraces) setFlagsFromString('--stack-trace-limit=0')
  try {
    const make = () =>
      Worker.create({
        taskQueue: defaultTaskQueue,
        // Else a heartbeat is held back for most of its timeout, and one that is late on a busy machine counts as missing.
        maxHeartbeatThrottleInterval: '2 s',
        ...(own === undefined ? {} : { connection: own }),
        ...rest,
        activities: tools,
        workflowBundle: { codePath: bundle.codePath },
        dataConverter: graphDataConverter(blobs),
        sinks: { ...sinks, ...silent },
        interceptors: {
          ...interceptors,
          activity: [readsBrought, ...(interceptors?.activity ?? []), codedErrors, callsOfNodes],
        },
      })
    const worker = await (stackTraces ? make() : quietThreads(make))
    return own === undefined ? worker : closing(worker, own)
  } catch (failure) {
    await own?.close()
    throw failure
  } finally {
    if (!stackTraces) setFlagsFromString('--stack-trace-limit=10')
  }
}

async function bundleOf(graphs: GraphWorkerOptions['graphs'], cacheDir = join(nodeModulesPath, '.cache', 'tributary')) {
  if (typeof graphs === 'object' && 'codePath' in graphs) return graphs
  const workflowsPath = typeof graphs === 'string' ? graphs : fileURLToPath(graphs)
  return buildWorkflowBundle({ workflowsPath, cacheDir })
}

function checkTools(reports: readonly GraphReport[], tools: object): void {
  for (const { graph, tools: used } of reports) {
    const missing = used.filter((name) => !(name in tools))
    if (missing.length === 0) continue
    throw new TributaryError(`The graph ${graph} calls a tool that this worker does not have: ${missing.join(', ')}.`, {
      code: 'graph/unknown-tool',
      facts: { graph, missing },
      tryThis: 'put it into `tools` under this name, or say in its placement on which taskQueue it is',
    })
  }
}

async function connect(address = process.env['TEMPORAL_ADDRESS'] ?? 'localhost:7233'): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({ address })
  } catch (cause) {
    throw new TributaryError('The Temporal server does not answer.', {
      code: 'graph/unreachable',
      facts: { address },
      tryThis: 'start one (temporal server start-dev), or say where it is in TEMPORAL_ADDRESS',
      retry: true,
      cause,
    })
  }
}

/** A worker whose connection is its own: it is closed when the worker has ended. */
function closing(worker: Worker, connection: NativeConnection): Worker {
  const run = worker.run.bind(worker)
  worker.run = async () => {
    try {
      await run()
    } finally {
      await connection.close()
    }
  }
  return worker
}
