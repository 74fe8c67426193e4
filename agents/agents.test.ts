import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { weiString } from '../kernel/index.ts'
import { temporalServer } from '../workflows/graph/testing/temporalServer.ts'
import { createClient, type GraphClient } from '../workflows/graph/client/index.ts'
import { noGraphs, testBundle } from '../workflows/graph/testing/testBundle.ts'
import { createWorker, historyToJson, replayHistory, type WorkflowBundle } from '../workflows/graph/worker/index.ts'
import type { BuyerResult, CuratorResult } from './index.ts'
import { memoryTools } from './testing/memoryTools.ts'

const workflowsPath = fileURLToPath(new URL('./testing/workflows.ts', import.meta.url))
let env: TestWorkflowEnvironment
let bundle: WorkflowBundle

beforeAll(async () => {
  bundle = await testBundle(workflowsPath)
  env = await temporalServer()
})
afterAll(async () => env?.teardown())

let runs = 0
/** Runs one agent on a worker of its own with the given tools, and replays its history afterwards. */
async function run<Result>(
  agent: 'buyer' | 'curator',
  tools: ReturnType<typeof memoryTools>,
  input: unknown,
  meanwhile?: (graphs: GraphClient, id: string) => Promise<void>,
): Promise<Result> {
  const workflowId = `${agent}-${++runs}`
  const graphs = await createClient({ client: env.client, taskQueue: workflowId })
  const worker = await createWorker({
    graphs: noGraphs(bundle),
    tools: tools.activities,
    connection: env.nativeConnection,
    taskQueue: workflowId,
  })
  return worker.runUntil(async () => {
    await graphs.start(agent, input, { id: workflowId })
    await meanwhile?.(graphs, workflowId)
    const result = await graphs.result<Result>(workflowId)
    const history = historyToJson(await env.client.workflow.getHandle(workflowId).fetchHistory())
    expect(await replayHistory({ bundle, history, workflowId })).toBeUndefined()
    return result
  })
}

describe('the curator', () => {
  test('decides on 100 samples in 4 batches, and rejects the 10 uncertain ones where the operator wants none of them', async () => {
    const tools = memoryTools({ samples: 100 })
    const result = await run<CuratorResult>('curator', tools, { datanet: 'd', batch: 30, uncertain: 'reject' })
    expect(result).toMatchObject({
      samples: 100,
      accepted: 67,
      rejected: 33,
      byRule: { 'licence/missing': 14, 'duplicate/near': 9, 'review/unattended': 10 },
      clusters: 2,
      duplicates: 9,
      reviewed: { model: 0, policy: 10, person: 0 },
    })
    expect(tools.decisions.size).toBe(100)
    expect([...tools.decisions.values()].filter((verdict) => verdict === 'reject')).toHaveLength(33)
    expect(tools.effects.size).toBe(1 + 4 + 1)
  })

  test('has 24 uncertain samples judged in batches of 20; one that was accepted is rejected all the same as a duplicate', async () => {
    const tools = memoryTools({ samples: 240, judges: (sample) => (sample === 13 || sample === 233 ? 'reject' : 'accept') }) // prettier-ignore
    const result = await run<CuratorResult>('curator', tools, { datanet: 'd', batch: 240 })
    expect(result.reviewed).toEqual({ model: 24, policy: 0, person: 0 })
    expect(result.byRule).toMatchObject({ 'review/model': 2 })
    expect([13, 233, 33, 3].map((i) => tools.decisions.get(tools.ids[i]!))).toEqual(['reject', 'reject', 'reject', 'accept']) // prettier-ignore
    expect(result.accepted + result.rejected).toBe(240)
    expect(tools.decisions.size).toBe(240)
    expect([...tools.effects.keys()].filter((key) => key.includes('curator/judge#'))).toHaveLength(2)
  })

  test('a verdict on a sample that was not asked about ends the run as agents/option, with nothing accepted', async () => {
    const tools = memoryTools({ samples: 24 })
    const { judge_doubts: honest } = tools.activities
    tools.activities.judge_doubts = async (input, step) => {
      const { judged, decisions } = await honest(input, step)
      return { judged: judged.map((one) => ({ ...one, verdict: 'accept', sample: tools.ids[0]! })), decisions }
    }
    await expect(run('curator', tools, { datanet: 'd' })).rejects.toMatchObject({ code: 'agents/option' })
    expect([...tools.decisions.values()]).not.toContain('accept')
  })

  test('asks a person, asks again after an incomplete answer, and stores the verdicts of both samples', async () => {
    const tools = memoryTools({ samples: 14 })
    const result = await run<CuratorResult>(
      'curator',
      tools,
      { datanet: 'd', uncertain: 'ask' },
      async (graphs, id) => {
        const ask = () =>
          vi.waitFor(
            async () => (await graphs.interrupts(id))[0]!.value as { uncertain: { sample: string }[]; problem: string },
          )
        const { uncertain, problem } = await vi.waitFor(ask, 10_000)
        expect([uncertain.map(({ sample }) => sample), problem]).toEqual([[tools.ids[3], tools.ids[13]], ''])
        await graphs.resume(id, 'review#1', [{ sample: tools.ids[3], verdict: 'accept', reason: 'a product' }])
        await vi.waitFor(async () => expect((await ask()).problem).toBe(`no verdict on ${tools.ids[13]}`), 10_000)
        await graphs.resume(id, 'review#2', [
          { sample: tools.ids[13], verdict: 'reject', reason: 'a person' },
          { sample: tools.ids[3], verdict: 'accept', reason: 'a product' },
        ])
      },
    )
    expect(result).toMatchObject({
      samples: 14,
      accepted: 10,
      rejected: 4,
      byRule: { 'licence/missing': 2, 'duplicate/near': 1, 'review/person': 1 },
    })
    expect([tools.decisions.get(tools.ids[3]!), tools.decisions.get(tools.ids[13]!)]).toEqual(['accept', 'reject'])
  })

  test('ends with 0 of 0 for an empty Datanet, and refuses an input without a Datanet', async () => {
    expect(await run<CuratorResult>('curator', memoryTools({}), { datanet: 'd' })).toMatchObject({
      samples: 0,
      accepted: 0,
      rejected: 0,
    })
    await expect(run('curator', memoryTools({}), {})).rejects.toMatchObject({ code: 'agents/input' })
  })
})

describe('the buyer', () => {
  const questions = Array.from({ length: 6 }, (_, i) => ({ prompt: `${i} is it?` }))

  test('buys answers to 5 of 6 questions for 7 + 1 + 7 + 7 + 1 wei: one is over the cap of 8', async () => {
    const tools = memoryTools({ feesWei: ['7', '1', '7', '9', '7', '1'] })
    const result = await run<BuyerResult>('buyer', tools, {
      model: 'm',
      questions,
      budgetWei: '30',
      perPaymentCapWei: '8',
    })
    expect(result.answers.map(({ question, feeWei }) => [question, feeWei])).toEqual([
      [0, '7'],
      [1, '1'],
      [2, '7'],
      [4, '7'],
      [5, '1'],
    ])
    expect(result).toMatchObject({ spentWei: '23', leftWei: '7', enough: true })
    expect(result.notBought).toEqual([{ question: 3, reason: 'costs 9 wei, and one payment may cost 8' }])
    expect(new Set(result.answers.map(({ receipt }) => receipt)).size).toBe(5)
    expect(tools.effects.size).toBe(5)
    expect([...tools.effects.keys()].map((key) => key.split('/').slice(1, 3).join('/'))).toEqual(
      [1, 2, 3, 4, 5].map((n) => `buyer/ask#${n}`),
    )
  })

  test('stops with a reason when 4 wei are left of 2^70 and the next answer costs more', async () => {
    const feeWei = weiString.parse((2n ** 69n - 2n).toString())
    const tools = memoryTools({ feesWei: [feeWei] })
    const result = await run<BuyerResult>('buyer', tools, {
      model: 'm',
      questions,
      budgetWei: (2n ** 70n).toString(),
      minimumAnswers: 2,
    })
    expect(result).toMatchObject({ leftWei: '4', enough: true })
    expect(result.notBought.map(({ question }) => question)).toEqual([2, 3, 4, 5])
    expect(result.notBought[0]?.reason).toContain('4 of the budget are left')
  })

  test('stops with the reason when other runs leave the wallet 21 wei, and keeps its 3 answers for 7', async () => {
    const tools = memoryTools({ feesWei: ['7'], walletWei: 21n })
    const result = await run<BuyerResult>('buyer', tools, { model: 'm', questions, budgetWei: '100' })
    expect(result.answers).toHaveLength(3)
    expect(result.notBought.map(({ question }) => question)).toEqual([3, 4, 5])
    expect(result.notBought[0]?.reason).toBe('The day is over. (budget/per-day)')
    expect(result).toMatchObject({ spentWei: '21', leftWei: '79' })
  })

  test('buys nothing when 20 wei cannot pay for 3 answers at 7', async () => {
    const tools = memoryTools({ feesWei: ['7'] })
    const result = await run<BuyerResult>('buyer', tools, { model: 'm', questions, budgetWei: '20', minimumAnswers: 3 })
    expect(result).toMatchObject({ answers: [], spentWei: '0', leftWei: '20', enough: false })
    expect(tools.effects.size).toBe(0)
  })

  test('given no model takes the one of 3 on sale whose training gained most, and judges each of 2 answers', async () => {
    const tools = memoryTools({ feesWei: ['7'], models: [['a', 5], ['b', 9], ['c', 1]] }) // prettier-ignore
    const input = { questions: questions.slice(0, 2), budgetWei: '100', judge: true }
    const result = await run<BuyerResult>('buyer', tools, input)
    expect(result).toMatchObject({
      model: 'b',
      decisions: [{ about: 'model', option: 'b', by: 'policy' }],
      spentWei: '14',
    })
    expect(result.judged?.map(({ receipt, useful }) => [receipt, useful])).toEqual(
      result.answers.map(({ receipt }, i) => [receipt, i === 0]),
    )
  })

  test('buys nothing from an empty catalogue, and says so of each question', async () => {
    const result = await run<BuyerResult>('buyer', memoryTools({}), { questions, budgetWei: '100' })
    expect(result.notBought).toEqual(questions.map((_, question) => ({ question, reason: 'no model is on sale' })))
    expect(result).toMatchObject({ answers: [], spentWei: '0' })
  })
})
