import { fileURLToPath } from 'node:url'
import { Context, heartbeat } from '@temporalio/activity'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { digestOf, findError, TributaryError } from '../kernel/index.ts'
import type { RecipeEnded, RecipeRun } from '../recipes/running/index.ts'
import { temporalServer } from './graph/testing/temporalServer.ts'
import { noGraphs, testBundle } from './graph/testing/testBundle.ts'
import { createWorker, historyToJson, replayHistory, type WorkflowBundle } from './graph/worker/index.ts'
import { failing, runOf, testRecipe } from '../recipes/testing/testRecipes.ts'

let env: TestWorkflowEnvironment
let bundle: WorkflowBundle
beforeAll(async () => {
  bundle = await testBundle(fileURLToPath(new URL('index.ts', import.meta.url)))
  env = await temporalServer()
}, 120_000)
afterAll(() => env?.teardown())

/** The small tools in memory, and what they did, in order. */
function smallTools() {
  const done: string[] = []
  const output = (n = 0) => ({ n: n + 1, items: ['x', 'y', 'z'] })
  const activities = {
    note: async ({ name, n, ms = 0 }: { name: string; n?: number; ms?: number }, step: string) => {
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
      done.push(`${step}: ${name}`)
      return output(n)
    },
    refuse: async ({ name }: { name: string }, step: string) => {
      done.push(`${step}: ${name}`)
      throw new TributaryError('Not today.', { code: 'budget/per-day', facts: { wei: '7' }, tryThis: 'wait' })
    },
    linger: async ({ name }: { name: string }) => {
      const beat = setInterval(() => heartbeat(), 100)
      try {
        await Context.current().cancelled
      } finally {
        clearInterval(beat)
        await new Promise((resolve) => setTimeout(resolve, 300))
        done.push(`ended: ${name}`)
      }
      return output()
    },
  }
  return { activities, done }
}

let runs = 0
async function start(run: unknown, taskQueue: string) {
  const workflowId = `recipe-${++runs}`
  return env.client.workflow.start('recipe', { taskQueue, workflowId, args: [run], workflowTaskTimeout: '3 s' })
}

/** Runs on a worker of its own, and replays the history afterwards. */
async function run(given: RecipeRun, meanwhile?: (handle: Awaited<ReturnType<typeof start>>) => Promise<void>) {
  const { activities, done } = smallTools()
  const taskQueue = `recipes-${runs + 1}`
  const worker = await createWorker({
    graphs: noGraphs(bundle),
    tools: activities,
    connection: env.nativeConnection,
    taskQueue,
  })
  return worker.runUntil(async () => {
    const handle = await start(given, taskQueue)
    await meanwhile?.(handle)
    let ended: RecipeEnded | undefined
    let failure: unknown
    try {
      ended = (await handle.result()) as RecipeEnded
    } catch (thrown) {
      failure = thrown
    }
    const history = historyToJson(await handle.fetchHistory())
    expect(await replayHistory({ bundle, history, workflowId: handle.workflowId })).toBeUndefined()
    const progress = (await handle.query('recipeProgress').catch(() => undefined)) as RecipeEnded | undefined
    return { ended, failure, error: findError(failure), done, steps: progress?.steps, id: handle.workflowId }
  })
}

describe('a run', () => {
  test('takes outputs from step to step, runs 2 side by side and 3 items 2 at a time, and skips what hangs on a skipped step', async () => {
    const recipe = testRecipe(`
input: { name: string, from: { type: integer, default: 4 } }
steps:
  - { id: a, tool: note, with: { name: "\${input.name}", n: "\${input.from}" } }
  - parallel:
      - { id: b, tool: note, with: { name: b, n: "\${steps.a.n}", ms: 300 } }
      - { id: c, tool: note, with: { name: "\${input.name}-\${steps.a.n}" } }
  - { id: d, tool: note, foreach: "\${steps.b.items}", width: 2, with: { name: "\${item}", n: "\${steps.b.n}" } }
  - { id: e, tool: note, when: "\${steps.b.n} > 6", with: { name: never } }
  - { id: f, tool: note, with: { name: never, n: "\${steps.e.n}" } }
  - { id: g, tool: note, when: "\${steps.b.n} == 6", with: { name: g } }
output: { b: "\${steps.b.n}", last: "\${steps.d[2].n}", none: "\${steps.e.n}", text: "b=\${steps.b.n}" }
`)
    const { ended, done } = await run(runOf(recipe, { name: 'ann' }))
    expect(ended?.output).toEqual({ b: 6, last: 7, none: null, text: 'b=6' })
    expect(ended?.digest).toBe(recipe.digest)
    expect(ended?.steps.map(({ id, state }) => `${id} ${state}`)).toEqual(
      ['a done', 'b done', 'c done', 'd done', 'e skipped', 'f skipped', 'g done'],
    ) // prettier-ignore
    expect(done.slice(0, 3)).toEqual(['mine/a: ann', 'mine/c: ann-5', 'mine/b: b'])
    expect(done.slice(3, 6).toSorted()).toEqual(['mine/d[0]: x', 'mine/d[1]: y', 'mine/d[2]: z'])
    expect(done.slice(6)).toEqual(['mine/g: g'])
  })

  test('whose step fails takes back 6 calls in reverse, the one that failed first, each once, and fails with its code', async () => {
    const { error, done, steps } = await run(runOf(failing))
    expect(error).toMatchObject({
      code: 'budget/per-day',
      facts: {
        wei: '7',
        recipe: 'mine',
        run: expect.stringMatching(/^recipe-\d+$/) as string,
        step: 'd',
        undone: ['d', 'c[2]', 'c[1]', 'c[0]', 'b', 'a'],
        notUndone: [],
      },
      tryThis: 'wait',
    })
    expect(done.map((line) => line.split(': ')[1])).toEqual([
      'a', 'b', 'c x', 'c y', 'c z', 'd', 'undo d', 'undo c z', 'undo c y', 'undo c x', 'undo b', 'undo a',
    ]) // prettier-ignore
    expect(steps?.map(({ state }) => state)).toEqual(['undone', 'undone', 'undone', 'undone'])
  })

  test('takes nothing back while a step beside the failed one is still at work', async () => {
    const recipe = testRecipe(`
steps:
  - parallel:
      - { id: a, tool: linger, with: { name: a }, undo: { tool: note, with: { name: undo a } } }
      - { id: b, tool: note, with: { name: b, ms: 500 } }
      - { id: c, tool: refuse, with: { name: c } }
`)
    const { error, done } = await run(runOf(recipe))
    expect(error).toMatchObject({ code: 'budget/per-day', facts: { undone: ['a'] } })
    const names = done.map((line) => line.split(': ')[1])
    expect([names[0], names.slice(1, 3).toSorted((x = '', y = '') => (x < y ? -1 : 1)), names.slice(3)]).toEqual([
      'c',
      ['a', 'b'],
      ['undo a'],
    ])
  })

  test('that is cancelled while it waits takes back what was done', async () => {
    const recipe = testRecipe(`
steps:
  - { id: a, tool: note, with: { name: a }, undo: { tool: note, with: { name: undo a } } }
  - wait: 10m
  - { id: b, tool: note, with: { name: b } }
`)
    const { failure, done } = await run(runOf(recipe), async (handle) => {
      const states = async () => (await handle.query<RecipeEnded>('recipeProgress')).steps.map(({ state }) => state)
      await vi.waitFor(async () => expect(await states()).toEqual(['done', 'running', 'waiting']), 20_000)
      await handle.cancel()
    })
    expect(String((failure as Error).cause)).toContain('CancelledFailure')
    expect(done).toEqual(['mine/a: a', 'mine/a/undo: undo a'])
  })

  test('goes on taking back when one of 3 cannot be, and says which', async () => {
    const recipe = testRecipe(`
steps:
  - { id: a, tool: note, with: { name: a }, undo: { tool: note, with: { name: undo a } } }
  - { id: b, tool: note, with: { name: b }, undo: { tool: refuse, with: { name: undo b } } }
  - { id: c, tool: refuse, with: { name: c } }
`)
    const { error, done, steps } = await run(runOf(recipe))
    expect(error?.facts).toMatchObject({ step: 'c', undone: ['a'], notUndone: ['b'] })
    expect(done.at(-1)).toBe('mine/a/undo: undo a')
    expect(steps?.map(({ state }) => state)).toEqual(['undone', 'not undone', 'failed'])
  })

  test('calls another recipe as a workflow of its own, whose failure has taken its own steps back', async () => {
    const inner = `
input: { n: integer }
steps:
  - { id: x, tool: note, with: { name: x, n: "\${input.n}" }, undo: { tool: note, with: { name: undo x } } }
  - { id: y, tool: refuse, when: "\${input.n} > 5", with: { name: y } }
output: { n: "\${steps.x.n}" }
`
    const outer = (n: number) => testRecipe(`steps:\n  - { id: in, recipe: inner, with: { n: ${n} } }\noutput: { n: "\${steps.in.n}" }\n`, { inner }) // prettier-ignore
    const calm = await run(runOf(outer(1)))
    expect([calm.ended?.output, calm.done]).toEqual([{ n: 2 }, ['inner/x: x']])
    const failed = await run(runOf(outer(6)))
    expect(failed.error).toMatchObject({ code: 'budget/per-day', facts: { recipe: 'mine', step: 'in', undone: [] } })
    expect(failed.done).toEqual(['inner/x: x', 'inner/y: y', 'inner/x/undo: undo x'])
  })
})

describe('a recipe that is changed while a run of it waits', () => {
  test('ends that run on the old version, also on another worker, and begins the next on the new one', async () => {
    const version = (name: string) =>
      testRecipe(
        `steps:\n  - { id: a, tool: note, with: { name: ${name} a } }\n  - wait: 4s\n  - { id: b, tool: note, with: { name: ${name} b } }\n`,
      )
    const [old, fresh] = [version('old'), version('new')]
    expect(old.digest).not.toBe(fresh.digest)
    const taskQueue = 'changed'
    const { activities, done } = smallTools()
    const worker = () =>
      createWorker({ graphs: noGraphs(bundle), tools: activities, connection: env.nativeConnection, taskQueue })
    const first = await start(runOf(old), taskQueue)
    await (await worker()).runUntil(() => vi.waitFor(() => expect(done).toEqual(['mine/a: old a']), 20_000))
    const ended = await (
      await worker()
    ).runUntil(async () => {
      const second = await start(runOf(fresh), taskQueue)
      return (await Promise.all([first.result(), second.result()])) as RecipeEnded[]
    })
    expect(ended.map(({ digest }) => digest)).toEqual([old.digest, fresh.digest])
    expect(done.toSorted()).toEqual(['mine/a: new a', 'mine/a: old a', 'mine/b: new b', 'mine/b: old b'])
  })
})

describe('what is no checked recipe fails at once, and is no workflow task that fails for ever', () => {
  const good = runOf(
    testRecipe('steps: [{ tool: note, with: { name: a } }]\ninput: { n: { type: integer, default: 1 } }\n'),
  )
  test.each([
    ['nothing', undefined, 'recipe/document'],
    ['an object of something else', { document: { v: 1 } }, 'recipe/document'],
    ['a document under the digest of another', { ...good, digest: failing.digest }, 'recipe/document'],
    ['an input that the recipe does not take', { ...good, input: { m: 1 } }, 'recipe/input'],
    ['an input of the wrong type', { ...good, input: { n: 'one' } }, 'recipe/input'],
  ])('%s', async (_, given, code) => {
    const { error, done } = await run(given as RecipeRun)
    expect([error?.code, done]).toEqual([code, []])
  })

  test('a tool that this version does not have any more fails within a second, and what was done is taken back', async () => {
    const recipe = testRecipe(`
steps:
  - { id: a, tool: note, with: { name: a }, undo: { tool: note, with: { name: undo a } } }
  - { id: b, tool: linger, with: { name: b } }
`)
    const gone = JSON.parse(JSON.stringify(recipe.document).replace('"linger"', '"lost"')) as typeof recipe.document
    const { error, done } = await run(runOf({ document: gone, digest: digestOf(gone) }))
    expect(error).toMatchObject({ code: 'recipe/step-failed', facts: { step: 'b', undone: ['a'] } })
    expect(error?.message).toMatch(/^A step of mine failed\. Activity function lost is not registered/)
    expect(done).toEqual(['mine/a: a', 'mine/a/undo: undo a'])
  })
})
