import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findError } from '../kernel/index.ts'
import { agents } from '../tools/definitions.ts'
import { temporalServer } from '../workflows/graph/testing/temporalServer.ts'
import { noGraphs, testBundle } from '../workflows/graph/testing/testBundle.ts'
import { createWorker, historyToJson, replayHistory, type WorkflowBundle } from '../workflows/graph/worker/index.ts'
import { operatorTools } from './testing/operatorTools.ts'

let env: TestWorkflowEnvironment
let bundle: WorkflowBundle
beforeAll(async () => {
  bundle = await testBundle(fileURLToPath(new URL('./testing/workflows.ts', import.meta.url)))
  env = await temporalServer()
}, 120_000)
afterAll(async () => env?.teardown())

let runs = 0
/** Runs one agent on a worker of its own, replays its history, and holds its result to what its contract says. */
async function run(agent: 'trainer' | 'treasurer' | 'auditor', tools: ReturnType<typeof operatorTools>, input: object) {
  const workflowId = `${agent}-${++runs}`
  const worker = await createWorker({
    graphs: noGraphs(bundle),
    tools: tools.activities,
    connection: env.nativeConnection,
    taskQueue: workflowId,
  })
  return worker.runUntil(async () => {
    const handle = await env.client.workflow.start(agent, { taskQueue: workflowId, workflowId, args: [input] })
    const result: unknown = await handle.result().catch((failure: unknown) => {
      throw findError(failure) ?? failure
    })
    const history = historyToJson(await handle.fetchHistory())
    expect(await replayHistory({ bundle, history, workflowId })).toBeUndefined()
    expect(agents[agent].output.parse(result)).toEqual(result)
    return result
  })
}

const byModel = (option: string) => () => ({ option, by: 'model' as const })

describe('the trainer', () => {
  test('takes balanced of 3 recipes, the most thorough within 100 s, trains, and publishes as the loss fell by 100,000 micro-nats', async () => {
    const tools = operatorTools()
    const result = await run('trainer', tools, { datanet: 'd', budgetMs: 100_000 })
    expect(result).toMatchObject({
      outcome: 'published',
      recipe: 'balanced',
      alias: 'mine',
      considered: [{ recipe: 'quick', problem: null }, { recipe: 'balanced', problem: null }, { problem: 'takes about 600 s, and 100 s may be used' }],
      decisions: [{ about: 'recipe', option: 'balanced', by: 'policy' }, { about: 'publish', option: 'publish' }],
    }) // prettier-ignore
    expect(tools.done).toEqual(['decide balanced', 'decide publish', 'publish'])
    expect(tools.asked[0]?.options.map(({ option }) => option)).toEqual(['quick', 'balanced'])
  })

  test('discards an adapter that is no better, and no model is offered to publish it', async () => {
    const tools = operatorTools({ decides: ({ options }) => ({ option: options[0]!.option, by: 'model' }) })
    const result = await run('trainer', tools, { datanet: 'd', alias: 'worse', budgetMs: 100_000 })
    expect(result).toMatchObject({
      outcome: 'discarded',
      recipe: 'quick',
      alias: null,
      decisions: [{ by: 'model', model: 'gpt-x' }, {}],
    })
    expect(tools.done).not.toContain('publish')
    expect(tools.asked[1]?.options.map(({ option }) => option)).toEqual(['discard'])
  })

  test('trains nothing where nothing fits 5 s or can be planned, and says why of each', async () => {
    const tools = operatorTools({ seconds: { quick: 10, balanced: 60 } })
    const result = await run('trainer', tools, { datanet: 'd', budgetMs: 5_000 })
    expect(result).toMatchObject({ outcome: 'nothing', adapter: null, decisions: [] })
    expect((result as { reason: string }).reason).toContain('thorough: No such version. (tools/no-datanet-version)')
    expect(tools.done).toEqual([])
  })

  test('a decision for what was not offered ends the run as agents/option, with nothing trained or published', async () => {
    for (const option of ['thorough', 'publish', '../../etc', '']) {
      const tools = operatorTools({ decides: byModel(option) })
      await expect(run('trainer', tools, { datanet: 'd', budgetMs: 100_000 })).rejects.toMatchObject({
        code: 'agents/option',
      })
      expect(tools.done.filter((line) => !line.startsWith('decide'))).toEqual([])
    }
  })

  test('an input without a budget is agents/input', async () => {
    await expect(run('trainer', operatorTools(), { datanet: 'd' })).rejects.toMatchObject({ code: 'agents/input' })
  })
})

describe('the treasurer', () => {
  test('closes epoch 7 as 3 answers wait for it, and reports what 4 payees got', async () => {
    const tools = operatorTools()
    expect(await run('treasurer', tools, {})).toMatchObject({
      outcome: 'closed',
      epoch: 7,
      waiting: 3,
      openPayments: 2,
      report: { paidWei: '90', payees: 4 },
    })
    expect(tools.done).toEqual(['reconcile', 'decide close', 'close'])
  })

  test('leaves it open with 3 of 5 answers, and no model is offered to close it', async () => {
    const tools = operatorTools({ decides: byModel('close') })
    await expect(run('treasurer', tools, { minimumReceipts: 5 })).rejects.toMatchObject({ code: 'agents/option' })
    const calm = operatorTools()
    expect(await run('treasurer', calm, { minimumReceipts: 5 })).toMatchObject({ outcome: 'left open', report: null })
    expect([tools.done, calm.done].map((done) => done.includes('close'))).toEqual([false, false])
  })
})

describe('the auditor', () => {
  const verdicts = ['PASS', 'FAIL', 'NOT_REPRODUCIBLE', 'FAIL', 'FAIL'] as const

  test('recomputes 5 answers and files the 3 that do not hold, each with its check and whose duty it was', async () => {
    const tools = operatorTools({ verdicts: [...verdicts] })
    expect(await run('auditor', tools, {})).toMatchObject({
      epoch: 7,
      passed: 1,
      failed: 3,
      notReproducible: 1,
      findings: [1, 3, 4].map(() => ({ check: 'split', culprit: 'the statement: operator', action: 'filed' })),
    })
    expect(tools.done.filter((line) => line.startsWith('file'))).toEqual(['file 1', 'file 3', 'file 4'])
  })

  test('disputes 2 on chain where the operator allows 2, and files the third, whatever a model says', async () => {
    const greedy = operatorTools({ verdicts: [...verdicts], decides: byModel('dispute') })
    await expect(run('auditor', greedy, { disputes: 2 })).rejects.toMatchObject({ code: 'agents/option' })
    expect(greedy.done.filter((line) => line.startsWith('dispute'))).toEqual(['dispute 1', 'dispute 3'])
    const tools = operatorTools({ verdicts: [...verdicts] })
    await run('auditor', tools, { disputes: 2 })
    expect(tools.done.filter((line) => !line.startsWith('decide'))).toEqual(['dispute 1', 'dispute 3', 'file 4'])
  })

  test('of an epoch without answers it draws none', async () => {
    expect(await run('auditor', operatorTools(), { epoch: 3 })).toMatchObject({
      epoch: 3,
      passed: 0,
      failed: 0,
      findings: [],
    })
  })
})
