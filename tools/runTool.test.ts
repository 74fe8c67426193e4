import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { findError, TributaryError } from '../kernel/index.ts'
import { openStore, type Store } from '../store/index.ts'
import { codeOf } from '../store/testing/codeOf.ts'
import type { ToolContext } from './context.ts'
import { defineTool } from './defineTool.ts'
import { definitions } from './definitions.ts'
import { toWire } from './faces/wire.ts'
import { bindTool, runTool } from './runTool.ts'

let store: Store
beforeAll(async () => {
  store = await openStore({ dir: 'memory://' })
})
afterAll(() => store.close())

/** Only what the door itself uses; the runs below use nothing. */
const context = (effectKey?: string): ToolContext =>
  ({ store, call: { face: 'test', ...(effectKey === undefined ? {} : { effectKey }) } }) as ToolContext

const issuesOf = (error: TributaryError | undefined) => (error?.facts['issues'] ?? []) as string[]

const double = defineTool({
  name: 'double',
  summary: 'Double a number.',
  effect: 'read',
  input: z.object({ n: z.int().default(1), deep: z.object({ list: z.array(z.int()) }).optional() }),
  output: z.object({ n: z.int() }),
})
const keep = defineTool({ ...double, name: 'keep', effect: 'write' })

test('a tool that reads runs each time, with the defaults of its schema', async () => {
  let runs = 0
  const tool = bindTool(double, async ({ n }) => ({ n: 2 * n + runs++ }))
  expect(await runTool(tool, { n: 4 }, context())).toEqual({ n: 8 })
  expect(await runTool(tool, undefined, context())).toEqual({ n: 3 })
  expect(runs).toBe(2)
})

test('an input that the schema refuses is tools/input with one line for each issue, and nothing runs', async () => {
  let runs = 0
  const tool = bindTool(double, async () => ({ n: runs++ }))
  const error = findError(
    await runTool(tool, { n: 'x', deep: { list: [1, 'y'] } }, context()).catch((failure: unknown) => failure),
  )
  expect(error?.code).toBe('tools/input')
  expect(error?.facts).toMatchObject({ tool: 'double' })
  expect(issuesOf(error).map((issue) => issue.split(':')[0])).toEqual(['n', 'deep.list.1'])
  expect(runs).toBe(0)
})

test('an output that the schema refuses is tools/output, and what the schema does not name is not given away', async () => {
  expect(
    await codeOf(
      runTool(
        bindTool(double, async () => ({ n: 1.5 })),
        {},
        context(),
      ),
    ),
  ).toBe('tools/output')
  const talkative = bindTool(double, async () => ({ n: 1, secret: 'key' }))
  expect(await runTool(talkative, {}, context())).toEqual({ n: 1 })
})

test('a tool that writes needs a key, runs once for it, and gives the first output to who calls again', async () => {
  let runs = 0
  const tool = bindTool(keep, async ({ n }) => ({ n: n + ++runs }))
  expect(await codeOf(runTool(tool, { n: 1 }, context()))).toBe('tools/no-effect-key')
  expect(await codeOf(runTool(tool, { n: 1 }, context('k'.repeat(2_000))))).toBe('tools/effect-key')
  expect(await codeOf(runTool(tool, { n: 1 }, context('')))).toBe('tools/effect-key')
  expect(runs).toBe(0)
  const together = await Promise.all(Array.from({ length: 5 }, () => runTool(tool, { n: 1 }, context('once'))))
  expect(new Set(together.map(toWire))).toEqual(new Set(['{"n":2}']))
  expect(runs).toBe(1)
  // The default and the same number written out are one input; another number is another intention.
  expect(await runTool(tool, {}, context('once'))).toEqual({ n: 2 })
  expect(await codeOf(runTool(tool, { n: 7 }, context('once')))).toBe('store/effect-conflict')
  expect(await runTool(tool, { n: 7 }, context('another'))).toEqual({ n: 9 })
})

test('an effect that failed is tried again under its key; one that may not be repeated is refused', async () => {
  let runs = 0
  const run = async () => {
    if (runs++ === 0) throw new TributaryError('not now', { code: 'chain/unreachable', retry: true })
    return { n: runs }
  }
  const tool = bindTool(keep, run)
  expect(await codeOf(runTool(tool, {}, context('cut')))).toBe('chain/unreachable')
  expect(await runTool(tool, {}, context('cut'))).toEqual({ n: 2 })
  runs = 0
  const careful = bindTool(keep, run, 'refuse')
  expect(await codeOf(runTool(careful, {}, context('careful')))).toBe('chain/unreachable')
  expect(await codeOf(runTool(careful, {}, context('careful')))).toBe('store/effect-uncertain')
  expect(runs).toBe(1)
})

test('the wire form has sorted keys and no spaces, and leaves out what is undefined', () => {
  expect(toWire({ b: [{ z: 1, a: undefined }], a: { d: null, c: 0.5 } })).toBe('{"a":{"c":0.5,"d":null},"b":[{"z":1}]}')
})

test('each definition is whole: a name, a sentence, schemas that can be shown, and no stranger may spend', () => {
  for (const [name, tool] of Object.entries(definitions)) {
    expect(tool.name).toBe(name)
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(tool.summary).toMatch(/^[A-Z].{20,}\.$/)
    expect(z.toJSONSchema(tool.input, { io: 'input' })).toMatchObject({ type: 'object' })
    expect(z.toJSONSchema(tool.output, { io: 'output' })).toMatchObject({ type: 'object' })
    expect(Object.isFrozen(tool)).toBe(true)
    if (tool.effect === 'spend') expect(tool.open ?? false).toBe(false)
  }
  const open = Object.values(definitions).filter((tool) => tool.open === true)
  const writes = open.filter(({ effect }) => effect !== 'read').map(({ name }) => name)
  // Each of them takes a signature of whom it concerns.
  expect(writes.toSorted()).toEqual([
    'contribute',
    'erase_answer',
    'finish_recovery',
    'prove_payee',
    'start_payee_claim',
  ])
})
