import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  defaultRevenueRule,
  firstEngine,
  type AttributionEngine,
  type AttributionMethod,
  type EngineBoard,
} from '../../attribution/index.ts'
import { readBalance, untilChainTime } from '../../chain/index.ts'
import { openTestGateway, type TestGateway } from '../../gateway/testing/openTestGateway.ts'
import { digestOf, type Address, type Digest } from '../../kernel/index.ts'
import { attributionOf, getReceipt, unfinishedPayments } from '../../store/index.ts'
import { boundTools } from '../boundTools.ts'
import type { ToolContext } from '../context.ts'
import { runTool } from '../runTool.ts'
import { openTestContext, type TestContext } from '../testing/openTestContext.ts'
import { tinyDatanet, trainTinyModel } from '../testing/trainTinyModel.ts'
import { followGovernance } from './followGovernance.ts'

/** A made-up version: its scores at once are twice those of the first, under a name of their own. */
const document = { ...firstEngine.document, receipt: 'twice/1' }
const twice: AttributionEngine = {
  ...firstEngine,
  document,
  digest: digestOf(document),
  receipt: (evidence) => {
    const one = firstEngine.receipt(evidence)
    const score: AttributionMethod['score'] = async (query) => (await one.score(query)).map((nats) => 2 * nats)
    return { ...one, id: 'twice/1', score }
  },
}

let edges: TestContext
let gateway: TestGateway
let ctx: ToolContext
let first: Digest
let second: Digest

beforeAll(async () => {
  const board: EngineBoard = new Map([firstEngine, twice].map((engine) => [engine.digest, engine]))
  edges = await openTestContext({
    board,
    governance: { votingDelaySeconds: 1, votingPeriodSeconds: 3, timelockSeconds: 1 },
  })
  ctx = edges.ctx
  gateway = await openTestGateway(ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
  await trainTinyModel(ctx)
  first = await sell('the first')
  await adopt(twice.digest)
  second = await sell('the second')
}, 240_000)
afterAll(async () => {
  await gateway.close()
  await edges.close()
})

async function call(
  name: string,
  input: Record<string, unknown>,
  by: ToolContext = ctx,
): Promise<Record<string, unknown>> {
  const tool = boundTools.find(({ definition }) => definition.name === name)!
  return runTool(tool, input, { ...by, call: { face: 'test', effectKey: `${name} ${JSON.stringify(input)}` } })
}

async function sell(effectKey: string): Promise<Digest> {
  const question = { model: tinyDatanet, messages: [{ role: 'user', content: 'Which river floods?' }], max_tokens: 8 }
  const tool = boundTools.find(({ definition }) => definition.name === 'ask')!
  const { receipt } = await runTool(tool, question, { ...ctx, call: { face: 'test', effectKey } })
  await call('attribute_answer', { receipt })
  return receipt as Digest
}

async function adopt(engine: Digest): Promise<void> {
  const evidence = await ctx.blobs.put(new TextEncoder().encode('evidence'))
  const { proposal, votesFrom, votesUntil } = await call('propose_engine', { engine, evidence })
  await untilChainTime(ctx.chain, Number(votesFrom) + 1)
  await call('cast_vote', { proposal, support: 'for' })
  await untilChainTime(ctx.chain, Number(votesUntil) + 1)
  await call('queue_proposal', { proposal })
  await call('execute_proposal', { proposal })
}

const checksOf = async (receipt: Digest, by: ToolContext) => {
  const { verdict, checks } = (await call('audit', { receipt }, by)) as {
    verdict: string
    checks: { check: string; judged?: false; detail: string }[]
  }
  return { verdict, scores: checks.find(({ check }) => check === 'attribution at once') }
}

test('receipts and scores name the version that was in force when they were sold', async () => {
  for (const [receipt, engine] of [
    [first, firstEngine],
    [second, twice],
  ] as const) {
    expect((await getReceipt(ctx.store, { id: receipt })).receipt.attributionEngine).toBe(engine.digest)
    const { engine: scored, method } = await attributionOf(ctx.store, { receipt })
    expect([scored, method]).toEqual([engine.digest, `${engine.document.receipt}+hessian-free/1`])
  }
})

test('the second version doubles the scores of the same answer, and an audit replays each by its own', async () => {
  const groups = async (receipt: Digest) => (await attributionOf(ctx.store, { receipt })).groups
  const doubled = (await groups(first)).map(({ scoreMicroNats }) => 2 * scoreMicroNats)
  for (const [i, { scoreMicroNats }] of (await groups(second)).entries())
    expect(Math.abs(scoreMicroNats - doubled[i]!)).toBeLessThanOrEqual(1)
  expect(doubled.some((score) => score !== 0)).toBe(true)
  for (const receipt of [first, second]) {
    const { scores } = await checksOf(receipt, ctx)
    expect(scores).toMatchObject({ pass: true, detail: expect.stringContaining('the same scores') })
    expect(scores?.judged).toBe(undefined)
  }
})

test('where the second is not on board its receipt is not judged, in plain words; that of the first is; nothing is sold', async () => {
  const { store, chain, log } = ctx
  const older: ToolContext = {
    ...ctx,
    governed: await followGovernance({ store, chain, log, board: new Map([[firstEngine.digest, firstEngine]]) }),
  }
  expect((await checksOf(second, older)).scores).toMatchObject({
    pass: true,
    judged: false,
    detail: expect.stringContaining('not on board'),
  })
  expect((await checksOf(first, older)).scores?.judged).toBe(undefined)
  expect(() => older.governed.engine()).toThrow(expect.objectContaining({ code: 'attribution/unknown-engine' }))
  expect(older.governed.rule()).toEqual(defaultRevenueRule)

  const buyer = ctx.keys.buyer.address as Address
  const before = await readBalance(chain, buyer)
  const shop = await openTestGateway(older, boundTools)
  try {
    const question = { model: tinyDatanet, messages: [{ role: 'user', content: 'Which river?' }], max_tokens: 4 }
    await expect(call('ask', question, { ...older, gatewayUrl: () => shop.url })).rejects.toMatchObject({
      code: 'attribution/unknown-engine',
    })
  } finally {
    await shop.close()
  }
  expect(await readBalance(chain, buyer)).toBe(before)
  expect(await unfinishedPayments(store, {})).toEqual([])
})
