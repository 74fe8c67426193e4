import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appendDocuments, buildIndex, mergeShards, openIndex, takeDown } from '../attribution/index.ts'
import { digestText, TributaryError, type PayeeId } from '../kernel/index.ts'
import { temporalServer } from './graph/testing/temporalServer.ts'
import { testBundle } from './graph/testing/testBundle.ts'
import { createWorker, type WorkflowBundle } from './graph/worker/index.ts'

const dir = mkdtempSync(join(tmpdir(), 'tributary-merge-'))
let env: TestWorkflowEnvironment
let bundle: WorkflowBundle
beforeAll(async () => {
  bundle = await testBundle(fileURLToPath(new URL('mergeIndexes.ts', import.meta.url)))
  env = await temporalServer()
}, 120_000)
afterAll(async () => {
  await env?.teardown()
  rmSync(dir, { recursive: true, force: true })
})

const documentOf = (text: string) => {
  const sample = digestText(text)
  return { symbols: Buffer.from(text), sample, cluster: sample, payee: 'npm:river' as PayeeId }
}
const [first, second, third] = ['The Elbe floods in May.', 'The Oder does not.', 'The Tagus is warm.'] as const

test('the workflow merges 3 shards into one without what was taken down, also when its first attempt fails; meanwhile the old index answers', async () => {
  await buildIndex({ dir, alphabet: 'bytes', documents: [documentOf(first)] })
  for (const text of [second, third]) await appendDocuments({ dir, documents: [documentOf(text)] })
  await takeDown({ dir, samples: [digestText(second)] })
  const ends: { shards: number; erased: number }[] = []
  let attempts = 0
  const activities = {
    merge_index: async ({ datanet }: { datanet: string }) => {
      expect(datanet).toBe('rivers')
      if (++attempts === 1)
        throw new TributaryError('The disk is full.', { code: 'attribution/disk-full', retry: true })
      ends.push(await mergeShards({ dir }))
    },
  }
  const taskQueue = 'merge'
  const worker = await createWorker({
    connection: env.nativeConnection,
    taskQueue,
    graphs: bundle,
    tools: activities,
    namespace: 'default',
  })
  const running = worker.run()
  const before = await openIndex({ dir })
  await env.client.workflow.execute('mergeIndexes', { taskQueue, workflowId: 'mergeIndex/rivers', args: ['rivers'] })
  worker.shutdown()
  await running

  expect(ends).toMatchObject([{ shards: 1, erased: 1 }])
  const after = await openIndex({ dir })
  for (const index of [before, after]) {
    expect([first, second, third].map((text) => index.count(Buffer.from(text)))).toEqual([1, 0, 1])
  }
  expect(after.root).not.toBe(before.root)
}, 60_000)
