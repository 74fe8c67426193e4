import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker'
import { devServerFileSettings, devServerSettings, TributaryError } from '../../../kernel/index.ts'
import { resolveTemporal } from '../../../provision/index.ts'
import { choosePort } from '../../../servers/index.ts'
import { fileBlobs, graphDataConverter, type BlobStore } from '../../../workflows/graph/client/index.ts'
import { buildWorkflowBundle, createWorker, type WorkflowBundle } from '../../../workflows/graph/worker/index.ts'
import { tools } from './tools.ts'

/** Sets of arguments for the dev server, from how it comes to how we start it. */
export const serverSettings = {
  'as it comes': [],
  'queues read when there is something': devServerSettings.filter((setting, i) => isPollRate(i, setting)),
  'and activities handed out at once (ours)': devServerSettings,
} as const

function isPollRate(i: number, setting: string): boolean {
  return (i % 2 === 0 ? devServerSettings[i + 1]! : setting).includes('MaxPollRPS')
}

export type Bench = {
  bundle: WorkflowBundle
  blobs: BlobStore
  client: Client
  /** Milliseconds from the start of so many workflows to the last result. */
  timed: (workflow: string, options: { steps: number; workflows?: number }) => Promise<number>
  close: () => Promise<void>
}

/** A dev server with its state in a file, started with these settings, a worker of these graphs and a client. */
export async function openBench(
  settings: readonly string[] = devServerSettings,
  of: { workflowsPath: string; tools: object } = {
    workflowsPath: fileURLToPath(new URL('./graphs.ts', import.meta.url)),
    tools,
  },
): Promise<Bench> {
  quiet()
  const home = mkdtempSync(join(tmpdir(), 'bench-graph-'))
  const source = resolveTemporal()
  if (source.kind !== 'program') {
    throw new TributaryError('The bench starts dev servers of its own.', {
      code: 'evals/temporal',
      tryThis: 'unset TEMPORAL_ADDRESS and set TEMPORAL_CLI_PATH',
    })
  }
  const port = await choosePort({ home, name: 'temporal' })
  const address = `127.0.0.1:${port}`
  const file = ['--db-filename', join(home, 'temporal.db'), ...devServerFileSettings]
  const fixed = [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--headless',
    '--log-level',
    'error',
  ]
  const server = spawn(source.path, [...fixed, ...file, ...settings], { stdio: 'ignore' })
  const connection = await connected(address)
  const blobs = fileBlobs(join(home, 'payloads'))
  const client = new Client({ connection, dataConverter: graphDataConverter(blobs) })
  const bundle = await buildWorkflowBundle({
    workflowsPath: of.workflowsPath,
    cacheDir: join(tmpdir(), 'bench-graph-bundles'),
  })
  const native = await NativeConnection.connect({ address })
  const worker: Worker = await createWorker({
    graphs: bundle,
    tools: of.tools,
    connection: native,
    taskQueue: 'bench',
    blobs,
  })
  const running = worker.run()
  let runs = 0
  return {
    bundle,
    blobs,
    client,
    async timed(workflow, { steps, workflows = 1 }) {
      const started = performance.now()
      const run = () =>
        client.workflow.execute(workflow, {
          taskQueue: 'bench',
          workflowId: `${workflow}-${++runs}`,
          args: [{ n: 0, until: steps }],
        })
      await Promise.all(Array.from({ length: workflows }, run))
      return performance.now() - started
    },
    async close() {
      worker.shutdown()
      await running
      await native.close()
      await connection.close()
      server.kill('SIGKILL')
      await once(server, 'exit')
    },
  }
}

// A page of a history with large payloads is more than the 4 MB that a connection takes by itself.
const channelArgs = { 'grpc.max_receive_message_length': 128 * 1024 * 1024 }

async function connected(address: string): Promise<Connection> {
  for (let left = 100; ; left--) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 500, channelArgs })
      await connection.workflowService.describeNamespace({ namespace: 'default' })
      return connection
    } catch (failure) {
      if (left === 0) throw failure
      await sleep(200)
    }
  }
}

function quiet(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') })
  } catch {
    // A runtime is installed once a process.
  }
}
