import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import type { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { digestOf, payeeIdString, TributaryError, type Digest } from '../../kernel/index.ts'
import { openStore, type Store } from '../../store/index.ts'
import {
  adapters,
  contributions,
  datanets,
  datanetVersions,
  epochs,
  recipeStarts,
  samples,
} from '../../store/schema/index.ts'
import { workflowPort } from '../../workflows/client/workflowPort.ts'
import { temporalServer } from '../../workflows/graph/testing/temporalServer.ts'
import { noGraphs, testBundle } from '../../workflows/graph/testing/testBundle.ts'
import { createWorker } from '../../workflows/graph/worker/index.ts'
import { operatorTools } from '../../agents/testing/operatorTools.ts'
import { boundTools } from '../boundTools.ts'
import type { ToolContext } from '../context.ts'
import { runTool } from '../runTool.ts'
import { startByEvents } from './startByEvents.ts'

const taskQueue = 'recipes-of-tools'
let env: TestWorkflowEnvironment
let store: Store
let ctx: ToolContext
let worker: Worker
let running: Promise<void>
const called: string[] = []
const nowMs = 1_000

beforeAll(async () => {
  const bundle = await testBundle(fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)))
  env = await temporalServer()
  store = await openStore({ dir: 'memory://' })
  const { client, nativeConnection: connection } = env
  const address = { server: 'test', ui: undefined }
  const workflows = workflowPort({ client, taskQueue, bundle, address })
  const log = { warn: () => undefined, info: () => undefined } as unknown as ToolContext['log']
  ctx = { store, workflows, log, now: () => nowMs, call: { face: 'test' } } as unknown as ToolContext
  // The auditor's tools; each call is noted.
  const { activities: audits } = operatorTools({ verdicts: ['PASS', 'PASS'] })
  const note =
    <Input, Output>(name: string, run: (input: Input) => Promise<Output>) =>
    async (input: Input) => {
      const { epoch, receipt, datanet } = input as { epoch?: number; receipt?: string; datanet?: string }
      called.push(`${name} ${epoch ?? receipt ?? datanet ?? ''}`.trim())
      if (epoch === 6) throw new TributaryError('No root.', { code: 'tools/epoch-open' })
      return run(input)
    }
  const activities = {
    draw_audits: note('draw', audits.draw_audits),
    audit: note('audit', audits.audit),
    epoch_report: note('report', audits.epoch_report),
    status: audits.status,
  }
  worker = await createWorker({ graphs: noGraphs(bundle), tools: activities, connection, taskQueue })
  running = worker.run()
}, 120_000)
afterAll(async () => {
  worker?.shutdown()
  await running
  await store?.close()
  await env?.teardown()
})

async function call<T = Record<string, unknown>>(tool: string, input: object, effectKey?: string): Promise<T> {
  const bound = boundTools.find(({ definition }) => definition.name === tool)!
  const face = { face: 'test' as const, ...(effectKey === undefined ? {} : { effectKey }) }
  return (await runTool(bound, input, { ...ctx, call: face })) as T
}
type Begun = { workflow: string; version: number; digest: Digest; state: string; output: object }
type Listed = { recipes: { recipe: string; version: number | null; versions: number; scheduled: object | null; schedules: { next: string[] }[]; running: object[] }[] } // prettier-ignore

const mine = (wait: string) => ({
  written: { file: 'mine.yaml', yaml: `recipe: mine\nsummary: s\non:\n  - every: 1h\nsteps:\n  - tool: status\n  - wait: ${wait}\n` },
}) // prettier-ignore

describe('run_recipe', () => {
  test('runs one that comes along, keeps it as version 1, and runs once however often one key is used', async () => {
    const input = { recipe: 'audit-sampling', with: { epoch: 7 } }
    const first = await call<Begun>('run_recipe', input, 'run/1')
    expect(first).toMatchObject({ version: 1, state: 'ended', output: { passed: 2, failed: 0, findings: [] } })
    const receipts = [0, 1].map((i) => digestOf({ receipt: i }))
    expect(called).toEqual(['report 7', 'draw 7', ...receipts.map((receipt) => `audit ${receipt}`)])
    const again = await Promise.all(['run/1', 'run/1', 'run/1'].map((key) => call<Begun>('run_recipe', input, key)))
    expect(again).toEqual([first, first, first])
    expect(called).toHaveLength(4)
  })

  test('numbers the versions of a recipe of your own, and says while one runs which runs go on with another', async () => {
    const old = await call<Begun>('run_recipe', { ...mine('1h'), wait: false }, 'mine/1')
    const fresh = await call<Begun>('run_recipe', { ...mine('1s') }, 'mine/2')
    expect([old.version, old.state, fresh.version, fresh.state]).toEqual([1, 'running', 2, 'ended'])
    const same = await call<Begun>('run_recipe', { ...mine('1s'), wait: false }, 'mine/3')
    expect([same.version, same.digest]).toEqual([2, fresh.digest])
    const look = () => call('diff_recipe', { recipe: 'mine', from: 'mine@1' })
    await vi.waitFor(async () =>
      expect(await look()).toMatchObject({
        from: { version: 1 },
        to: { version: 2 },
        changes: [{ at: 'steps.wait.waitMs', from: '3600000', to: '1000' }],
        running: [{ workflow: old.workflow, version: 1 }],
      }),
      { timeout: 20_000, interval: 200 },
    ) // prettier-ignore
    const status = await call('recipe_status', { workflow: old.workflow })
    expect(status).toMatchObject({ status: 'RUNNING', version: 1, steps: [{ state: 'done' }, { state: 'running' }] })
    await ctx.workflows.cancel(old.workflow)
  })

  test('starts nothing and keeps nothing where a recipe does not check, with file, line and column', async () => {
    const bad = { written: { file: 'bad.yaml', yaml: 'recipe: bad\nsummary: s\nsteps:\n  - tool: fly\n' } }
    await expect(call('run_recipe', bad, 'bad/1')).rejects.toMatchObject({
      code: 'recipe/unknown-tool',
      message: 'bad.yaml:4:11: There is no tool fly.',
      facts: { line: 4, column: 11 },
    })
    await expect(call('run_recipe', { recipe: 'nobody' }, 'bad/2')).rejects.toMatchObject({ code: 'recipe/unknown' })
    await expect(call('run_recipe', { recipe: 'mine@9' }, 'bad/3')).rejects.toMatchObject({ code: 'recipe/unknown' })
    await expect(call('run_recipe', {}, 'bad/4')).rejects.toMatchObject({ code: 'recipe/unclear' })
    const inner = { written: { yaml: 'recipe: x\nsummary: s\nsteps:\n  - tool: run_recipe\n    with: { recipe: x }' } }
    await expect(call('run_recipe', inner, 'bad/5')).rejects.toMatchObject({ code: 'recipe/unknown-tool' })
    const { recipes } = await call<Listed>('list_recipes', {})
    expect(recipes.map(({ recipe }) => recipe)).not.toContain('bad')
  })
})

describe('schedule_recipe', () => {
  const state = async () => (await call<Listed>('list_recipes', {})).recipes.find(({ recipe }) => recipe === 'mine')!

  test('lets it begin by Temporal’s own schedule, shows its next 5 runs, pauses, resumes and deletes', async () => {
    expect(await call('schedule_recipe', { ...mine('2s') }, 's/1')).toMatchObject({
      state: 'scheduled',
      version: 3,
      schedules: [{ id: 'recipe/mine/schedule-0', when: 'every 60 min', paused: false }],
    })
    const { schedules, scheduled } = await state()
    expect(scheduled).toMatchObject({ version: 3, paused: false })
    expect(schedules[0]?.next).toHaveLength(5)
    expect(new Date(schedules[0]!.next[1]!).getTime() - new Date(schedules[0]!.next[0]!).getTime()).toBe(3_600_000)
    expect(await call('schedule_recipe', { recipe: 'mine', action: 'pause' }, 's/2')).toMatchObject({
      state: 'paused',
      schedules: [{ paused: true }],
    })
    await call('schedule_recipe', { recipe: 'mine', action: 'resume' }, 's/3')
    expect((await state()).schedules).toMatchObject([{ paused: false }])
    await call('schedule_recipe', { recipe: 'mine', action: 'delete' }, 's/4')
    expect(await state()).toMatchObject({ scheduled: null, schedules: [] })
    await expect(call('schedule_recipe', { recipe: 'mine', action: 'pause' }, 's/5')).rejects.toMatchObject({
      code: 'recipe/not-scheduled',
    })
  })

  test('a schedule that fires starts the version that was scheduled, a newer file notwithstanding; scheduling that one replaces it', async () => {
    const fire = async () => {
      await env.client.schedule.getHandle('recipe/mine/schedule-0').trigger()
      const found = await vi.waitFor(
        async () => {
          const { info } = await env.client.schedule.getHandle('recipe/mine/schedule-0').describe()
          const last = info.recentActions.at(-1)
          expect(last).toBeDefined()
          return last!.action.workflow.workflowId
        },
        { timeout: 20_000, interval: 200 },
      )
      return (await ctx.workflows.result(found)) as { digest: string }
    }
    const { digest: first } = await call<Begun>('schedule_recipe', { ...mine('1s') }, 't/1')
    await call('run_recipe', { ...mine('3s') }, 't/2')
    expect((await fire()).digest).toBe(first)
    const { digest: second } = await call<Begun>('schedule_recipe', { ...mine('3s') }, 't/3')
    expect(second).not.toBe(first)
    await vi.waitFor(async () => expect((await fire()).digest).toBe(second), { timeout: 40_000, interval: 100 })
    await call('schedule_recipe', { recipe: 'mine', action: 'delete' }, 't/4')
  }, 90_000)

  test('a recipe that says not when is recipe/no-trigger', async () => {
    const written = { yaml: 'recipe: idle\nsummary: s\nsteps:\n  - tool: status\n' }
    await expect(call('schedule_recipe', { written }, 'u/1')).rejects.toMatchObject({ code: 'recipe/no-trigger' })
  })
})

describe('events', () => {
  const final = (number: number, finalAtMs: number) =>
    store.db.insert(epochs).values({ number, state: 'final', root: digestOf(number), openedAtMs: 1, finalAtMs })

  test('start a scheduled recipe once each, told 10 times at once, and those of before it was scheduled not at all', async () => {
    called.length = 0
    await final(1, 500)
    await call('schedule_recipe', { recipe: 'audit-sampling' }, 'e/1')
    await final(2, 1_500)
    await final(3, 2_500)
    const started = await Promise.all(Array.from({ length: 10 }, () => startByEvents(ctx)))
    expect(started.flat().toSorted()).toEqual([
      'recipe/audit-sampling/epoch_final/2',
      'recipe/audit-sampling/epoch_final/3',
    ])
    for (const epoch of [2, 3]) await ctx.workflows.result(`recipe/audit-sampling/epoch_final/${epoch}`)
    expect(called.filter((line) => line.startsWith('draw')).toSorted()).toEqual(['draw 2', 'draw 3'])
  })

  test('a start whose note was lost with its process is not started twice', async () => {
    await store.db.delete(recipeStarts)
    const before = called.length
    expect((await startByEvents(ctx)).toSorted()).toHaveLength(2)
    expect(await startByEvents(ctx)).toEqual([])
    expect(called.length).toBe(before)
  })

  test('one whose run failed is not run again by being told again, its note lost or not', async () => {
    await final(6, 2_600)
    const workflow = 'recipe/audit-sampling/epoch_final/6'
    expect(await startByEvents(ctx)).toEqual([workflow])
    await expect(ctx.workflows.result(workflow)).rejects.toMatchObject({ code: 'tools/epoch-open' })
    await store.db.delete(recipeStarts)
    await startByEvents(ctx)
    await expect(ctx.workflows.result(workflow)).rejects.toMatchObject({ code: 'tools/epoch-open' })
    expect(called.filter((line) => line === 'report 6')).toHaveLength(1)
  })

  test('those of a pause are told when it is over, and none when it was deleted', async () => {
    await call('schedule_recipe', { recipe: 'audit-sampling', action: 'pause' }, 'e/2')
    await final(4, 3_500)
    expect(await startByEvents(ctx)).toEqual([])
    await call('schedule_recipe', { recipe: 'audit-sampling', action: 'resume' }, 'e/3')
    expect(await startByEvents(ctx)).toEqual(['recipe/audit-sampling/epoch_final/4'])
    await call('schedule_recipe', { recipe: 'audit-sampling', action: 'delete' }, 'e/4')
    await final(5, 4_500)
    expect(await startByEvents(ctx)).toEqual([])
  })

  test('each of the 4 kinds starts the recipes that wait for it once, with what is told of it, and no other', async () => {
    await store.db.delete(epochs)
    const d = digestOf
    const waiting = (event: string, type: string, told: string) => ({
      written: {
        yaml: `recipe: on-${event.replaceAll('_', '-')}\nsummary: s\non:\n  - event: ${event}\n    with: { told: "\${event.${told}}" }\ninput: { told: ${type} }\nsteps:\n  - tool: status\noutput: { told: "\${input.told}" }\n`,
      },
    })
    const kinds = [
      ['contribution_arrived', 'integer', 'samples'],
      ['version_published', 'string', 'root'],
      ['adapter_registered', 'string', 'adapter'],
      ['epoch_final', 'integer', 'epoch'],
    ] as const
    for (const [event, type, told] of kinds) await call('schedule_recipe', waiting(event, type, told), `k/${event}`)
    expect(await startByEvents(ctx)).toEqual([])

    const payee = payeeIdString.parse(`0x${'12'.repeat(20)}`)
    const at = { tx: d('tx'), createdAtMs: 9_000 }
    await store.db.insert(datanets).values({ id: 'net', title: 'net', createdAtMs: 1 })
    for (const position of [0, 1, 2]) {
      const sample = d({ position })
      await store.db.insert(samples).values({ id: sample, prompt: 'p', completion: 'c', payee, licence: 'MIT', source: 's' })
      await store.db.insert(contributions).values({
        datanet: 'net', sample, position, payee, salt: d('salt'), commitment: d(position), batchRoot: d('batch'), batchTx: d('tx'), revealedAtMs: 9_000,
      })
    }
    await store.db.insert(datanetVersions).values({ datanet: 'net', number: 1, root: d('root'), licences: [], cardDigest: d('card'), sampleCount: 3, curation: 'c', ...at })
    await store.db.insert(adapters).values({
      digest: d('adapter'), base: d('base'), datanet: d('root'), recipe: d('recipe'), counterfactualRoot: d('k'), cardDigest: d('card'),
      heldOutLossBeforeMicroNats: 2, heldOutLossAfterMicroNats: 1, run: 'r', ...at,
    })
    await final(9, 9_000)

    const started = (await Promise.all(Array.from({ length: 4 }, () => startByEvents(ctx)))).flat()
    const told = { contribution_arrived: 3, version_published: d('root'), adapter_registered: d('adapter'), epoch_final: 9 }
    const keys = { contribution_arrived: d('batch'), version_published: 'net/1', adapter_registered: d('adapter'), epoch_final: '9' }
    expect(started.toSorted()).toEqual(kinds.map(([event]) => `recipe/on-${event.replaceAll('_', '-')}/${event}/${keys[event]}`).toSorted())
    for (const [event] of kinds) {
      const id = `recipe/on-${event.replaceAll('_', '-')}/${event}/${keys[event]}`
      expect(await ctx.workflows.result(id)).toMatchObject({ output: { told: told[event] } })
    }
    expect(await startByEvents(ctx)).toEqual([])
  }, 60_000) // prettier-ignore
})
