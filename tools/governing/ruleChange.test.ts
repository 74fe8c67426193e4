import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultRevenueRule } from '../../attribution/index.ts'
import { readBalance, untilChainTime } from '../../chain/index.ts'
import { openTestGateway, type TestGateway } from '../../gateway/testing/openTestGateway.ts'
import { digestOf, revenueRuleSchema, type Address, type Digest } from '../../kernel/index.ts'
import { getEpoch, getReceipt } from '../../store/index.ts'
import { boundTools } from '../boundTools.ts'
import type { ToolContext } from '../context.ts'
import { runTool } from '../runTool.ts'
import { openTestContext, type TestContext } from '../testing/openTestContext.ts'
import { tinyDatanet, trainTinyModel } from '../testing/trainTinyModel.ts'

/** Under it nobody passes the floor: all that contributors would get goes to the Datanet's pool. */
const floored = revenueRuleSchema.parse({ ...defaultRevenueRule, noiseFloorMicroNats: Number.MAX_SAFE_INTEGER })

let edges: TestContext
let gateway: TestGateway
let ctx: ToolContext
let calls = 0
const receipts: Digest[] = []

beforeAll(async () => {
  edges = await openTestContext({ governance: { votingDelaySeconds: 1, votingPeriodSeconds: 3, timelockSeconds: 1 } })
  ctx = edges.ctx
  gateway = await openTestGateway(ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
  await trainTinyModel(ctx)
}, 240_000)
afterAll(async () => {
  await gateway.close()
  await edges.close()
})

async function call(name: string, input: Record<string, unknown>): Promise<Record<string, unknown>> {
  const tool = boundTools.find(({ definition }) => definition.name === name)!
  return runTool(tool, input, { ...ctx, call: { face: 'test', effectKey: `${name} ${++calls}` } })
}

async function sell(): Promise<Digest> {
  const question = { model: tinyDatanet, messages: [{ role: 'user', content: 'Which river floods?' }], max_tokens: 8 }
  const { receipt } = await call('ask', question)
  receipts.push(receipt as Digest)
  return receipt as Digest
}

/** The operator holds what was minted, and votes with it. */
async function decide({ proposal, votesFrom, votesUntil }: Record<string, unknown>): Promise<void> {
  await untilChainTime(ctx.chain, Number(votesFrom) + 1)
  await call('cast_vote', { proposal, support: 'for' })
  await untilChainTime(ctx.chain, Number(votesUntil) + 1)
  await call('queue_proposal', { proposal })
  await call('execute_proposal', { proposal })
}

test('a rule that is back-tested after an epoch was paid is stale once the next is, and is adopted with a back-test of both', async () => {
  await sell()
  await call('close_epoch', {})
  const { report: early } = await call('backtest_rule', { rule: floored })
  await sell()
  await call('close_epoch', {})
  await expect(call('propose_rule', { rule: floored, backtest: early })).rejects.toMatchObject({
    code: 'tools/backtest-stale',
    facts: { epochsPlayed: 1, epochsNow: 2 },
  })
  const { report: backtest, summary } = await call('backtest_rule', { rule: floored })
  expect(summary).toMatchObject({ receipts: 2, epochs: 2, proposed: { contributorsWei: '0' } })
  await decide(await call('propose_rule', { rule: floored, backtest }))
  expect(ctx.governed.rule()).toEqual(floored)
}, 120_000)

test('receipts of before keep the rule that they name, later ones name the new one, and all pass their audit', async () => {
  await sell()
  await call('close_epoch', {})
  const rules = await Promise.all(receipts.map(async (id) => (await getReceipt(ctx.store, { id })).receipt.rule))
  expect(rules).toEqual([defaultRevenueRule, defaultRevenueRule, floored].map((rule) => digestOf(rule)))
  for (const receipt of receipts) {
    const { verdict, checks } = (await call('audit', { receipt })) as { verdict: string; checks: object[] }
    expect([verdict, checks.at(-1)]).toMatchObject(['PASS', { check: 'split and inclusion' }])
  }
}, 120_000)

test('what nobody earned under it is in the Datanet’s pool on chain, and holders spend it once, for what they were told', async () => {
  const { poolWei } = await getEpoch(ctx.store, { epoch: 3 })
  const fee = BigInt((await getReceipt(ctx.store, { id: receipts[2]! })).receipt.feeWei)
  expect(poolWei).toBe((fee * 700_000n) / 1_000_000n)
  const before = (await call('pool_status', { datanet: tinyDatanet })) as { balanceWei: string; moves: object[] }
  expect(BigInt(before.balanceWei) >= poolWei!).toBe(true)
  expect(before.moves.at(-1)).toMatchObject({ kind: 'credited', wei: String(poolWei), epoch: 3 })

  const to = ctx.keys.steward.address as Address
  const spending = { datanet: tinyDatanet, to, wei: before.balanceWei, why: 'prizes for texts about floods' }
  await decide(await call('propose_spending', spending))
  expect(await readBalance(ctx.chain, to)).toBe(BigInt(before.balanceWei))
  const after = await call('pool_status', { datanet: tinyDatanet })
  expect(after).toMatchObject({ balanceWei: '0', spentWei: before.balanceWei, creditedWei: before.balanceWei })
  expect((after['moves'] as object[]).at(-1)).toMatchObject({ kind: 'spent', to: to.toLowerCase(), why: spending.why })
  await expect(call('propose_spending', { ...spending, wei: '1', why: 'more' })).rejects.toMatchObject({
    code: 'tools/pool-too-small',
  })
}, 120_000)
