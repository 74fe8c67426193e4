import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import { callsOf, findApproval, listApprovals, openStore } from '../../store/index.ts'
import { graphVerdict } from '../../workflows/graph/index.ts'
import { historyToJson, replayHistory } from '../../workflows/graph/worker/index.ts'
import { codeOf, openApprovalScene, type ApprovalScene } from './tracing/approvalScene.ts'
import { contextOf } from './tracing/contextOf.ts'

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url))
let scene: ApprovalScene
beforeAll(async () => {
  scene = await openApprovalScene()
})
beforeEach(() => scene.noRules())
afterAll(() => scene?.close())

const shop = (items: string[], { wei = '100', taskQueue = 'approvals' } = {}) =>
  scene.start<{ said: string[] }>('shopper', { items, wei }, taskQueue)

describe('a spend of a graph', () => {
  test('waits; the operator sees the canonical action and approves its digest; it is done once, and trace and lines tell', async () => {
    const { id, handle, paid } = await shop(['hat'])
    const { digest } = await scene.waiting(id)
    const shown = await scene.say('show_approval', { digest })
    const action = JSON.parse(shown['action'] as string) as Record<string, unknown>
    expect(shown['action']).toBe(
      `{"agent":"shopper","effect":"spend","input":{"file":"${join(scene.folder, id)}","item":"hat","wei":"100"},"step":"shopper/buy#1","tool":"pay","v":1,"workflow":"${id}"}`,
    )
    expect([digestText(shown['action'] as string), action['tool']]).toEqual([digest, 'pay'])
    expect(shown['approval']).toMatchObject({ state: 'waiting', amountWei: '100', agent: 'shopper', effect: 'spend' })
    expect(await handle.interrupts()).toMatchObject([{ id: digest, node: 'buy', value: { action: shown['action'] } }])
    expect(await paid()).toBe(0)
    expect((await callsOf(scene.store, { workflow: id })).at(-1)).toMatchObject({
      name: 'pay',
      failure: 'approval/required',
    })

    expect(await scene.say('approve_action', { digest, reason: 'it is cold' })).toMatchObject({ resumed: true })
    expect(await handle.result()).toMatchObject({ said: ['yes, of course', 'paid for hat'] })
    expect(await paid()).toBe(1)
    const [, , pay] = await callsOf(scene.store, { workflow: id })
    expect(pay).toMatchObject({ state: 'done', approval: digest, costWei: 100n, step: 'shopper/buy#1' })
    expect(await scene.linesOf(digest)).toEqual([
      { kind: 'approval/asked', by: null },
      { kind: 'approval/approved', by: 'operator' },
    ])
    // The text, which may be a prompt, is gone; the lines never had it.
    expect((await findApproval(scene.store, { digest }))?.action).toBeNull()
    const history = historyToJson(await scene.env.client.workflow.getHandle(id).fetchHistory())
    expect(await replayHistory({ bundle: scene.bundle, history, workflowId: id })).toBeUndefined()
  })

  test('denied, it is approval/denied and nothing is paid; the word is not taken back, and the same word again changes nothing', async () => {
    const { id, handle, paid } = await shop(['hat'])
    const { digest } = await scene.waiting(id)
    const first = await scene.say('deny_action', { digest, reason: 'too dear' })
    expect(await handle.result()).toMatchObject({ said: ['yes, of course', 'approval/denied'] })
    expect(await scene.say('deny_action', { digest })).toMatchObject({ approval: first['approval'], resumed: false })
    expect(await codeOf(scene.say('approve_action', { digest }))).toBe('approval/decided')
    expect([await paid(), (await scene.linesOf(digest)).length]).toEqual([0, 2])
  })

  test('approved twice at once, it is one decision, one line and one payment', async () => {
    const { id, handle, paid } = await shop(['hat'])
    const { digest } = await scene.waiting(id)
    const words = await Promise.all([1, 2, 3].map(() => scene.say('approve_action', { digest })))
    expect(new Set(words.map(({ approval }) => JSON.stringify(approval))).size).toBe(1)
    await handle.result()
    expect([await paid(), (await scene.linesOf(digest)).length]).toEqual([1, 2])
    expect(await codeOf(scene.say('deny_action', { digest }))).toBe('approval/decided')
  })

  test('with 1 s to answer, nobody’s word is approval/expired, and a word that comes later is too', async () => {
    await scene.rule({ mode: 'ask', agent: 'shopper', expiresSeconds: 1 })
    const { id, handle, paid } = await shop(['hat'])
    const { digest, askedAtMs, expiresAtMs } = await scene.waiting(id)
    expect(expiresAtMs! - askedAtMs).toBe(1_000)
    expect(await handle.result()).toMatchObject({ said: ['yes, of course', 'approval/expired'] })
    expect(await codeOf(scene.say('approve_action', { digest }))).toBe('approval/expired')
    expect([await paid(), await scene.linesOf(digest)]).toEqual([
      0,
      [
        { kind: 'approval/asked', by: null },
        { kind: 'approval/expired', by: 'time' },
      ],
    ])
  })

  test('a word that goes past the scene.store, straight to the workflow, pays nothing: it goes on waiting', async () => {
    const { id, handle, paid } = await shop(['hat'])
    const { digest } = await scene.waiting(id)
    await scene.env.client.workflow.getHandle(id).signal(graphVerdict, { verdict: 'approve', digest })
    await handle.resume(digest, { verdict: 'approve', digest }).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect((await handle.interrupts()).map((one) => one.id)).toEqual([digest])
    expect(await paid()).toBe(0)
    await scene.say('deny_action', { digest })
    await handle.result()
  })

  test('under 100 wei an action and 250 together a rule approves 2 of 4 by itself, and asks for the others', async () => {
    await scene.rule({ mode: 'under', agent: 'shopper', underWei: 100n, budgetWei: 250n })
    const { id, handle, paid } = await shop(['hat', 'coat', 'boots', 'scarf'])
    const third = await scene.waiting(id)
    expect([third.step, await paid()]).toEqual(['shopper/buy#3', 2])
    await scene.say('approve_action', { digest: third.digest })
    const fourth = await vi.waitFor(async () => {
      const row = await scene.waiting(id)
      expect(row.step).toBe('shopper/buy#4')
      return row
    })
    await scene.say('deny_action', { digest: fourth.digest })
    expect((await handle.result()).said.filter((_, i) => i % 2 === 1)).toEqual([
      'paid for hat',
      'paid for coat',
      'paid for boots',
      'approval/denied',
    ])
    const all = (await listApprovals(scene.store, { count: 100 })).filter(({ workflow }) => workflow === id)
    expect(all.toReversed().map(({ by }) => by)).toEqual(['rule */shopper', 'rule */shopper', 'operator', 'operator'])
    expect((await scene.say('list_approvals', {}))['rules']).toMatchObject([
      { agent: 'shopper', usedWei: '200', budgetWei: '250' },
    ])

    // One wei more than the rule allows an action asks, whatever is left of the rule.
    await scene.rule({ mode: 'under', agent: 'shopper', underWei: 99n })
    const dear = await shop(['hat'])
    await scene.say('deny_action', { digest: (await scene.waiting(dear.id)).digest })
    await dear.handle.result()
    expect(await dear.paid()).toBe(0)
  })

  test('killed while it waits, approved while no worker lives, it goes on in a new one, and is paid once', async () => {
    const begin = () => {
      const args = [
        beside('./tracing/workerProcess.ts'),
        scene.env.address,
        scene.bundle.codePath,
        'killed',
        join(scene.folder, 'pg'),
      ]
      return spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, STEP_MS: '0' } })
    }
    const first = begin()
    const { id, handle, paid } = await shop(['hat'], { taskQueue: 'killed' })
    await vi.waitFor(async () => expect(await handle.interrupts()).toHaveLength(1), { timeout: 30_000, interval: 100 })
    first.kill('SIGKILL')
    await once(first, 'exit')
    const disk = await openStore({ dir: join(scene.folder, 'pg') })
    const { digest } = await scene.waiting(id, disk)
    const there = {
      ...contextOf({ store: disk, client: scene.env.client, taskQueue: 'killed', bundle: scene.bundle }),
      keys: scene.ctx.keys,
    }
    expect(await scene.say('approve_action', { digest }, {}, there)).toMatchObject({ resumed: true })
    await disk.close()
    const second = begin()
    expect(await handle.result()).toMatchObject({ said: ['yes, of course', 'paid for hat'] })
    expect(await paid()).toBe(1)
    second.kill('SIGKILL')
    await once(second, 'exit')
  }, 90_000)
})
