import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultRevenueRule, firstEngine, type AttributionEngine } from '../../attribution/index.ts'
import {
  adoptRuleCall,
  ensureOpen,
  propose,
  readBalance,
  readCurrent,
  signVote,
  untilChainTime,
  type KeyRole,
  type Support,
} from '../../chain/index.ts'
import { digestOf, revenueRuleSchema, type Address, type Digest, type RevenueRule } from '../../kernel/index.ts'
import { saveRule } from '../../store/index.ts'
import { boundTools } from '../boundTools.ts'
import type { ToolContext } from '../context.ts'
import { runTool } from '../runTool.ts'
import { openTestContext, type TestContext } from '../testing/openTestContext.ts'
import { followGovernance } from './followGovernance.ts'
import { writeProposalText } from './proposalText.ts'

let edges: TestContext
let ctx: ToolContext
let calls = 0
const document = { ...firstEngine.document, scores: 'another unit' }
const second: AttributionEngine = { ...firstEngine, document, digest: digestOf(document) }
const voters = ['buyer', 'modelOwner'] as const satisfies readonly KeyRole[]
const each = 60_000_000n * 10n ** 18n

beforeAll(async () => {
  const board = new Map([firstEngine, second].map((engine) => [engine.digest, engine]))
  edges = await openTestContext({
    board,
    governance: { votingDelaySeconds: 1, votingPeriodSeconds: 4, timelockSeconds: 2 },
  })
  ctx = edges.ctx
  for (const voter of voters) {
    await ensureOpen(ctx.chain, { account: ctx.keys[voter].address as Address, wei: each })
    await call('delegate_votes', { key: voter })
  }
}, 120_000)
afterAll(() => edges.close())

async function call(name: string, input: Record<string, unknown>): Promise<Record<string, never>> {
  const tool = boundTools.find(({ definition }) => definition.name === name)!
  const effectKey = `${name} ${++calls}`
  return (await runTool(tool, input, { ...ctx, call: { face: 'test', effectKey } })) as Record<string, never>
}

const ruleWith = (fields: object): RevenueRule => revenueRuleSchema.parse({ ...defaultRevenueRule, ...fields })
const generous = ruleWith({ treasuryPpm: 20_000, contributorsPpm: 730_000 })
const status = (proposal: string) => call('proposal_status', { proposal })

async function proposeRule(rule: object): Promise<{ proposal: Digest; votesFrom: number; votesUntil: number }> {
  const { report } = await call('backtest_rule', { rule })
  return (await call('propose_rule', { rule, backtest: report, why: 'contributors do the work' })) as never
}

/** Votes by signatures of voters, sent by the operator, in the time of voting. */
async function vote(made: { proposal: Digest; votesFrom: number }, said: Partial<Record<KeyRole, Support>>) {
  await untilChainTime(ctx.chain, made.votesFrom + 1)
  for (const [key, support] of Object.entries(said)) {
    const { voter, signature } = await signVote(ctx.chain, ctx.keys[key as KeyRole], { ...made, support })
    await call('cast_vote', { proposal: made.proposal, support, signed: { voter, signature } })
  }
}

async function carryOut(made: { proposal: Digest; votesUntil: number }): Promise<void> {
  await untilChainTime(ctx.chain, made.votesUntil + 1)
  await call('queue_proposal', { proposal: made.proposal })
  await call('execute_proposal', { proposal: made.proposal })
}

describe('a rule, from back-test to adoption', () => {
  let made: Awaited<ReturnType<typeof proposeRule>>

  test('a rule without a back-test, over a ceiling, or with the back-test of another, is refused before anything is sent', async () => {
    const { report } = await call('backtest_rule', { rule: defaultRevenueRule })
    const nonce = () => ctx.chain.reader.getTransactionCount({ address: ctx.chain.writer.account.address })
    const before = await nonce()
    const nothing = `0x${'ab'.repeat(32)}`
    await expect(call('propose_rule', { rule: generous, backtest: nothing })).rejects.toMatchObject({
      code: 'blobs/not-found',
    })
    await expect(call('propose_rule', { rule: generous, backtest: report })).rejects.toMatchObject({
      code: 'tools/other-backtest',
    })
    for (const over of [
      { treasuryPpm: 300_001, contributorsPpm: 449_999 },
      { serverPpm: 200_001, contributorsPpm: 649_999 },
    ])
      await expect(
        call('propose_rule', { rule: { ...defaultRevenueRule, ...over }, backtest: report }),
      ).rejects.toMatchObject({ code: 'tools/rule', facts: { issues: [expect.stringContaining('ceiling')] } })
    expect(await nonce()).toBe(before)
  })

  test('proposed, it shows what it says and calls, and nobody votes before weights are taken', async () => {
    made = await proposeRule(generous)
    const shown = await status(made.proposal)
    expect(shown).toMatchObject({
      state: 'pending',
      warnings: [],
      quorumWei: null,
      says: { kind: 'revenue-rule', rule: digestOf(generous), document: generous, receipts: 0 },
      changes: [{ contract: 'ruleRegistry', call: 'adoptRule' }],
    })
    expect(await proposeRule(generous)).toMatchObject({ proposal: made.proposal })
  })

  test('two voters sign, a relayer sends: 120 million of 10^9 are over the quorum of 4 %; a second ballot says otherwise and is refused', async () => {
    await vote(made, { buyer: 'for', modelOwner: 'for' })
    const shown = await status(made.proposal)
    expect(shown).toMatchObject({ state: 'active', againstWei: '0', quorumWei: String(4n * 10n ** 25n) })
    expect(BigInt(shown['forWei']!) >= 2n * each).toBe(true)
    await expect(
      call('cast_vote', { proposal: made.proposal, support: 'against', key: 'buyer' }),
    ).rejects.toMatchObject({
      code: 'chain/recorded-differently',
    })
    await expect(call('queue_proposal', { proposal: made.proposal })).rejects.toMatchObject({
      code: 'chain/proposal-state',
    })
  })

  test('a ballot that somebody else signed is chain/bad-ballot', async () => {
    const { signature } = await signVote(ctx.chain, ctx.keys.server, { proposal: made.proposal, support: 'for' })
    const signed = { voter: ctx.keys.server.address, signature }
    const forged = { voter: ctx.keys.steward.address, signature }
    await expect(call('cast_vote', { proposal: made.proposal, support: 'for', signed: forged })).rejects.toMatchObject({
      code: 'chain/bad-ballot',
    })
    // One without weight may vote; it counts nothing.
    expect(await call('cast_vote', { proposal: made.proposal, support: 'for', signed })).toMatchObject({
      weightWei: '0',
    })
  })

  test('passed, it waits in the timelock, is executed, and from then on receipts would name it; executed twice it is done once', async () => {
    expect(ctx.governed.rule()).toEqual(defaultRevenueRule)
    await untilChainTime(ctx.chain, made.votesUntil + 1)
    const { proposal: queued } = await call('queue_proposal', { proposal: made.proposal })
    expect(queued).toMatchObject({ state: 'queued' })
    const first = await call('execute_proposal', { proposal: made.proposal })
    expect(first).toMatchObject({ proposal: { state: 'executed' } })
    expect(await readCurrent(ctx.chain, 'revenue-rule')).toBe(digestOf(generous))
    expect(ctx.governed.rule()).toEqual(generous)
    const again = await call('execute_proposal', { proposal: made.proposal })
    expect(again['transaction']).toBe(first['transaction'])
    expect(await call('queue_proposal', { proposal: made.proposal })).toMatchObject({ proposal: { state: 'executed' } })
    expect(await call('list_rules', {})).toMatchObject({ rules: [{ current: false }, { current: true }] })
  }, 90_000)

  test('a home that never had the document reads it from the proposal on chain, and checks its digest', async () => {
    const { ctx: other, close } = await openTestContext()
    try {
      const elsewhere = { store: other.store, chain: ctx.chain, log: ctx.log }
      expect((await followGovernance(elsewhere)).rule()).toEqual(generous)
    } finally {
      await close()
    }
  }, 90_000)
})

test('voted down by one of two it is defeated, and neither queued nor executed; a vote after the end is refused', async () => {
  const made = await proposeRule(ruleWith({ noiseFloorMicroNats: 1 }))
  await vote(made, { buyer: 'for', modelOwner: 'against' })
  await untilChainTime(ctx.chain, made.votesUntil + 1)
  expect(await status(made.proposal)).toMatchObject({ state: 'defeated' })
  for (const tool of ['queue_proposal', 'execute_proposal'])
    await expect(call(tool, { proposal: made.proposal })).rejects.toMatchObject({ code: 'chain/proposal-state' })
  await expect(call('cast_vote', { proposal: made.proposal, support: 'for', key: 'server' })).rejects.toMatchObject({
    code: 'chain/reverted',
  })
}, 90_000)

test('a description whose document has another digest is none of ours: it is shown with a warning', async () => {
  const text = writeProposalText({
    v: 1,
    kind: 'revenue-rule',
    why: '',
    rule: digestOf(generous),
    document: ruleWith({ noiseFloorMicroNats: 2 }),
    backtest: digestOf('x'),
    receipts: 0,
    epochs: 0,
    lastRoot: null,
  })
  const { id } = await propose(ctx.chain, {
    calls: [{ target: ctx.keys.buyer.address as Address, data: '0x' }],
    description: text,
  })
  const shown = await status(id)
  expect(shown['says']).toBe(null)
  expect(shown['warnings']).toHaveLength(2)
  expect(shown['changes']).toMatchObject([{ contract: 'unknown', call: 'unknown' }])
}, 90_000)

test('where holders adopt a rule whose document is nowhere, the home sells nothing until it is added', async () => {
  const hidden = ruleWith({ noiseFloorMicroNats: 3 })
  const bare = [
    adoptRuleCall(ctx.chain.contracts, { digest: digestOf(hidden), rule: hidden, report: digestOf('report') }),
  ]
  const { id: proposal } = await propose(ctx.chain, { calls: bare, description: 'trust me' })
  const { votesFrom, votesUntil } = (await status(proposal)) as never as { votesFrom: number; votesUntil: number }
  await vote({ proposal, votesFrom }, { buyer: 'for' })
  await carryOut({ proposal, votesUntil })
  expect(() => ctx.governed.rule()).toThrow(expect.objectContaining({ code: 'tools/rule-unknown' }))
  await saveRule(ctx.store, { rule: defaultRevenueRule })
  await ctx.governed.refresh()
  expect(() => ctx.governed.rule()).toThrow(expect.objectContaining({ code: 'tools/rule-unknown' }))
  expect(await call('add_rule', { rule: hidden })).toEqual({ digest: digestOf(hidden), current: true })
  expect(ctx.governed.rule()).toEqual(hidden)
}, 90_000)

test('an engine is adopted with its evidence, followed from vote to execution by its workflow; one that is not on board is refused', async () => {
  const evidence = await ctx.blobs.put(new TextEncoder().encode('{"ldsPpm":970000}'))
  const nowhere = digestOf('no engine')
  await expect(call('propose_engine', { engine: nowhere, evidence })).rejects.toMatchObject({
    code: 'attribution/unknown-engine',
  })
  const made = (await call('propose_engine', { engine: second.digest, evidence })) as never as Awaited<
    ReturnType<typeof proposeRule>
  >
  const { workflow } = await call('follow_proposal', { proposal: made.proposal })
  await vote(made, { buyer: 'for', modelOwner: 'abstain' })
  expect(await ctx.workflows.result(workflow!)).toMatchObject({ state: 'executed' })
  expect(ctx.governed.engine().digest).toBe(second.digest)
  expect(await call('list_engines', {})).toMatchObject({
    engines: [
      { engine: firstEngine.digest, current: false, onBoard: true },
      { engine: second.digest, current: true, onBoard: true },
    ],
  })
}, 90_000)

test('the time of voting is changed by a proposal alone', async () => {
  await expect(call('propose_parameter', { name: 'quorumPercent', value: '101' })).rejects.toMatchObject({
    code: 'tools/parameter-range',
  })
  const made = (await call('propose_parameter', { name: 'votingPeriodSeconds', value: '6' })) as never as Awaited<
    ReturnType<typeof proposeRule>
  >
  expect(await status(made.proposal)).toMatchObject({
    changes: [{ contract: 'openGovernor', call: 'setVotingPeriod', arguments: [{ value: '6' }] }],
    warnings: [],
  })
  await vote(made, { buyer: 'for' })
  await carryOut(made)
  const next = (await call('propose_parameter', { name: 'votingDelaySeconds', value: '2' })) as never as Awaited<
    ReturnType<typeof proposeRule>
  >
  expect(next.votesUntil - next.votesFrom).toBe(6)
}, 90_000)

test('more than a pool holds is not proposed; of an empty pool the status says 0', async () => {
  expect(await call('pool_status', { datanet: 'rivers' })).toMatchObject({ balanceWei: '0', moves: [] })
  const to = ctx.keys.server.address
  await expect(call('propose_spending', { datanet: 'rivers', to, wei: '1', why: 'x' })).rejects.toMatchObject({
    code: 'tools/pool-too-small',
    facts: { balanceWei: '0' },
  })
  expect(await readBalance(ctx.chain, to as Address)).toBe(0n)
})
