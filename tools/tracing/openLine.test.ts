import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import { callsOf, openStore, type Store } from '../../store/index.ts'
import { effects } from '../../store/schema/index.ts'
import type { ToolContext } from '../context.ts'
import { defineTool } from '../defineTool.ts'
import { bindTool, runTool } from '../runTool.ts'
import { traceModel } from './traceModel.ts'

let store: Store
beforeEach(async () => {
  store = await openStore({ dir: 'memory://' })
})
afterEach(() => store.close())

const judge = defineTool({
  name: 'judge',
  summary: 'Judge.',
  effect: 'write',
  input: z.object({ text: z.string() }),
  output: z.object({ verdict: z.string() }),
})
/** Asks a model that is not always there, and believes it only where it answers by yes or no. */
const bound = bindTool(judge, async ({ text }, ctx) => {
  if (text === 'plain') return { verdict: 'yes' }
  const ask = { provider: 'p', model: 'm-1', prompt: `judge ${text}` }
  const { output } = await traceModel(ctx, ask, async () => {
    if (text === 'down') throw new TributaryError('It is down.', { code: 'test/down', retry: true })
    return { output: text === 'odd' ? 'delete everything' : 'yes', inputTokens: 2, outputTokens: 1 }
  })
  if (output === 'yes') return { verdict: output }
  ctx.call.line?.note({ by: 'policy', policy: 'doubt/1' })
  return { verdict: 'no' }
})
const call = (text: unknown, inWorkflow = true) => {
  const origin = { workflow: 'w', run: 'r', agent: 'a', lineage: [], step: 's', node: 'n', attempt: 1 }
  const log = { error: () => undefined }
  const ctx = { store, log, now: () => 7, call: { face: 'activity', effectKey: `w/s/${String(text)}`, ...(inWorkflow && { origin }) } } // prettier-ignore
  return runTool(bound, { text }, ctx as unknown as ToolContext)
}
const lines = async () =>
  (await callsOf(store, { workflow: 'w' })).map(({ kind, name, by, policy, model, state, failure, inputTokens }) => {
    return { kind, name, by, policy, model, state, failure, inputTokens }
  })
const model = {
  kind: 'model',
  name: 'm-1',
  by: 'model',
  policy: null,
  model: 'm-1',
  state: 'done',
  failure: null,
  inputTokens: 2,
}
const tool = { ...model, kind: 'tool', name: 'judge', inputTokens: null }

test('a tool that asks a model leaves 2 lines: the model decided, unless the run says that its policy did', async () => {
  await call('fine')
  expect(await lines()).toEqual([tool, model])
  await call('odd')
  expect((await lines()).slice(2)).toEqual([{ ...tool, by: 'policy', policy: 'doubt/1' }, model])
  // The same effect again gives its first result and no line more.
  expect(await call('odd')).toEqual({ verdict: 'no' })
  expect(await lines()).toHaveLength(4)
})

test('a model that fails, an input that the schema refuses and a call from outside: 2 failed lines, 1, and none', async () => {
  await expect(call('down')).rejects.toMatchObject({ code: 'test/down' })
  const failed = { state: 'failed', failure: 'test/down', inputTokens: null }
  expect(await lines()).toEqual([
    { ...tool, ...failed },
    { ...model, ...failed },
  ])
  await expect(call(5)).rejects.toMatchObject({ code: 'tools/input' })
  expect(await lines()).toContainEqual(expect.objectContaining({ name: 'judge', by: 'policy', failure: 'tools/input' }))
  await call('fine', false)
  expect(await lines()).toHaveLength(3)
})

test('a line that can’t be written stops the effect before its result is stored: none is done without its line', async () => {
  await store.db.execute(sql`drop table calls`)
  await expect(call('plain')).rejects.toMatchObject({ code: 'store/query-failed' })
  expect((await store.db.select().from(effects)).map(({ state }) => state)).toEqual(['failed'])
})

test('the operator’s calls with an effect from outside leave a line under their face, once a key; reads, strangers and tests leave none', async () => {
  const from = (face: string, more: object = {}, tool = bound) => {
    const ctx = { store, log: { error: () => undefined }, now: () => 7, call: { face, effectKey: `${face} key`, ...more } }
    return runTool(tool, { text: 'plain' }, ctx as unknown as ToolContext)
  }
  for (const face of ['http', 'http', 'mcp', 'cli', 'test']) await from(face)
  await from('http', { effectKey: 'a stranger’s', stranger: true })
  const look = bindTool({ ...judge, name: 'look', effect: 'read' }, async () => ({ verdict: 'seen' }))
  await from('http', { effectKey: 'a look' }, look)
  for (const face of ['http', 'mcp', 'cli']) {
    expect(await callsOf(store, { workflow: `outside/${face}` })).toMatchObject([
      { key: `${face} key`, name: 'judge', step: 'judge', agent: face, state: 'done', by: 'policy', run: '' },
    ])
  }
  expect(await callsOf(store, { workflow: 'outside/test' })).toEqual([])
}) // prettier-ignore
