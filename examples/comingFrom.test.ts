import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Worker } from '@temporalio/worker'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient, type GraphClient } from '../workflows/graph/client/index.ts'
import { temporalServer } from '../workflows/graph/testing/temporalServer.ts'
import { testBlobs } from '../workflows/graph/testing/testBlobs.ts'
import { testBundle } from '../workflows/graph/testing/testBundle.ts'
import { createWorker } from '../workflows/graph/worker/index.ts'
import { after } from './fromLangGraph/after.ts'
import { before } from './fromLangGraph/before.ts'
import { tools as langGraphTools } from './fromLangGraph/tools.ts'
import { approve, orderWorkflow } from './fromTemporal/before.ts'
import { order } from './fromTemporal/graphs.ts'
import { tools as temporalTools } from './fromTemporal/tools.ts'

const taskQueue = 'examples'
let env: TestWorkflowEnvironment
let graphs: GraphClient
let worker: Worker
let running: Promise<void>
beforeAll(async () => {
  const bundle = await testBundle(fileURLToPath(new URL('./testing/workflows.ts', import.meta.url)))
  env = await temporalServer()
  const tools = { ...langGraphTools, ...temporalTools }
  worker = await createWorker({ graphs: bundle, tools, connection: env.nativeConnection, taskQueue, blobs: testBlobs })
  running = worker.run()
  graphs = await createClient({ client: env.client, taskQueue })
})
afterAll(async () => {
  worker?.shutdown()
  await running
  await env?.teardown()
})

test('coming from LangGraph: the graph in memory and the durable one end in the same state', async () => {
  const state = await before('text-1')
  expect(state).toEqual({ text: 'a long text', summary: 'a long', verdict: 'yes' })
  expect(await after(graphs, 'text-1')).toEqual(state)
})

test('coming from Temporal: the workflow with a signal and the graph with an interrupt have the same result', async () => {
  const workflow = await env.client.workflow.start(orderWorkflow, {
    taskQueue,
    workflowId: 'order-1',
    args: [{ item: 'kettle' }],
  })
  await workflow.signal(approve, 'yes')
  const result = await workflow.result()
  expect(result).toEqual({ item: 'kettle', price: 6, verdict: 'yes', receipt: 'charged 6' })

  const run = await graphs.start(order, { item: 'kettle' }, { id: 'order-2' })
  for await (const { kind } of graphs.stream(run))
    if (kind === 'interrupt') await graphs.resume(run, 'approve#1', 'yes')
  expect(await graphs.result(run)).toEqual(result)
})

test('the pages show these files as they are: 5 of 5', () => {
  const shown = {
    'docs/graph/coming-from-langgraph.md': [
      'fromLangGraph/before.ts',
      'fromLangGraph/graphs.ts',
      'fromLangGraph/after.ts',
    ],
    'docs/graph/coming-from-temporal.md': ['fromTemporal/before.ts', 'fromTemporal/graphs.ts'],
  }
  let seen = 0
  for (const [page, files] of Object.entries(shown)) {
    const text = readFileSync(join(import.meta.dirname, '..', page), 'utf8')
    for (const file of files) {
      expect(text).toContain(`\`\`\`ts\n${readFileSync(join(import.meta.dirname, file), 'utf8')}\`\`\``)
      seen++
    }
  }
  expect(seen).toBe(5)
})
