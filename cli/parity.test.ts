import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { defaultRevenueRule } from '../attribution/index.ts'
import { openTestGateway, type TestGateway } from '../gateway/testing/openTestGateway.ts'
import { TributaryError } from '../kernel/index.ts'
import { callsOf, listAdapters, listSamples } from '../store/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { definitions } from '../tools/definitions.ts'
import { refuseOtherBase, runTool, type BoundTool, type ToolContext } from '../tools/index.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { signContributions } from '../tools/testing/signContributions.ts'
import { tinyDatanet, trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { recipeCases } from './testing/recipeCases.ts'
import { verbatimCases } from './testing/verbatimCases.ts'
import { openSevenFaces, type Face, type SevenFaces } from './testing/sevenFaces.ts'

type Input = Record<string, unknown>

let edges: TestContext
let gateway: TestGateway
let faces: Record<string, Face>
let opened: SevenFaces
const known: Partial<Record<'receipt' | 'run' | 'adapter' | 'datanetRoot' | 'from' | 'sample', unknown>> = {}

beforeAll(async () => {
  edges = await openTestContext()
  const { workflows } = edges
  // Closing an epoch can't be done twice alike: here its workflow is refused once the fixture has closed the first.
  let isClosed = false
  const start: typeof workflows.start = async (workflow, id, args) => {
    if (workflow === 'settle' && isClosed)
      throw new TributaryError('not now', { code: 'workflows/temporal', retry: true })
    return workflows.start(workflow, id, args)
  }
  const ctx: ToolContext = { ...edges.ctx, workflows: { ...workflows, start } }
  gateway = await openTestGateway(ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
  writeFileSync(join(ctx.home.keys, 'operator-token'), gateway.operatorToken, { mode: 0o600 })
  vi.stubEnv('TRIBUTARY_HOME', ctx.home.dir)

  const { datanetRoot } = await trainTinyModel(ctx)
  const call = (name: string, input: Input, effectKey: string) =>
    runTool(toolNamed(name), input, { ...ctx, call: { face: 'test', effectKey } })
  const question = { model: tinyDatanet, messages: [{ role: 'user', content: 'Which river floods?' }], max_tokens: 8 }
  const { receipt } = await call('ask', question, 'fixture/ask')
  await call('close_epoch', {}, 'fixture/close')
  const origin = { workflow: 'known', run: 'r', agent: 'a', lineage: [], step: 's', node: '', attempt: 1 }
  await runTool(toolNamed('quote'), question, { ...ctx, call: { face: 'test', effectKey: 'known/s', origin } })
  isClosed = true
  const [adapter] = await listAdapters(ctx.store, {})
  const [sample] = await listSamples(ctx.store, { datanet: tinyDatanet })
  Object.assign(known, { receipt, run: adapter?.run, adapter: adapter?.digest, datanetRoot, sample: sample?.id })
  known.from = join(ctx.home.dir, `${tinyDatanet}.jsonl`)
  opened = await openSevenFaces(boundTools, ctx, gateway)
  faces = opened.faces
})
afterAll(async () => {
  await opened.close()
  await gateway.close()
  await edges.close()
  vi.unstubAllEnvs()
})

function toolNamed(name: string): BoundTool {
  return boundTools.find(({ definition }) => definition.name === name) as BoundTool
}

const nowhere = `0x${'ab'.repeat(32)}`
const question = { model: tinyDatanet, messages: [{ role: 'user', content: 'Which river?' }], max_tokens: 4 }
const decision = () => ({ sample: known.sample, verdict: 'accept', rule: 'person', reason: 'it is good' })
const text = {
  prompt: 'What is a weir?',
  completion: 'A low dam that raises a river a little.',
  licence: 'MIT',
  source: 'a',
}
const stranger = `0x${'34'.repeat(20)}`

/** Every tool with an input, and what must come of it: an output (undefined) or the code of an error. */
const cases: [keyof typeof definitions, () => Input, string?][] = [
  ['import_datanet', () => ({ datanet: tinyDatanet, from: known.from })],
  [
    'contribute',
    () => ({ datanet: 'other', contributor: stranger, samples: [{ ...text, signature: '0x12' }] }),
    'datanets/bad-signature',
  ],
  ['preview_contribution', () => ({ datanet: tinyDatanet, samples: [text] })],
  ['plan_curation', () => ({ datanet: tinyDatanet })],
  ['check_samples', () => ({ datanet: tinyDatanet, curation: 'parity', from: 0, count: 24 })],
  ['find_duplicates', () => ({ datanet: tinyDatanet, curation: 'parity', except: [] })],
  ['record_decisions', () => ({ datanet: tinyDatanet, curation: 'parity by hand', decisions: [decision()] })],
  ['curate', () => ({ datanet: tinyDatanet })],
  ['publish_version', () => ({ datanet: 'nobody-made-it' }), 'tools/not-curated'],
  ['plan_training', () => ({ datanetRoot: known.datanetRoot, alias: tinyDatanet, samples: 16, groups: 2 })],
  ['train_block', () => ({ run: nowhere, from: 0, to: 1 }), 'blobs/not-found'],
  ['gpu_job', () => ({ run: nowhere }), 'blobs/not-found'],
  ['finish_training', () => ({ run: known.run })],
  ['register_adapter', () => ({ run: known.run })],
  ['train_adapter', () => ({ datanetRoot: known.datanetRoot, alias: tinyDatanet, samples: 16, groups: 2 })],
  ['preview_training', () => ({ datanet: 'nobody-made-it' }), 'tools/no-datanet-version'],
  ['training_events', () => ({ training: '0x0123456789abcdef' })],
  ['list_models', () => ({})],
  ['quote', () => question],
  ['ask', () => ({ ...question, maxFeeWei: '1' }), 'budget/per-payment'],
  ['set_budget', () => ({ agent: 'somebody', perDayWei: '5', counterparty: stranger, perCounterpartyWei: '7' })],
  ['budget_status', () => ({ all: true })],
  ['budget_trail', () => ({ count: 5 })],
  ['reconcile_budget', () => ({})],
  ['erase_answer', () => ({ receipt: known.receipt, signature: `0x${'11'.repeat(65)}` }), 'payment/not-the-payer'],
  ['choose_questions', () => ({ datanetRoot: known.datanetRoot, count: 2, seed: 1 })],
  ['attribute_answer', () => ({ receipt: known.receipt })],
  ['trace_answer', () => ({ receipt: known.receipt, top: 3, by: 'sample', tier: 'receipt' })],
  ['approval_trail', () => ({ count: 5 })],
  ['list_approvals', () => ({})],
  ['show_approval', () => ({ digest: nowhere }), 'approval/unknown'],
  ['approve_action', () => ({ digest: nowhere }), 'approval/unknown'],
  ['deny_action', () => ({ digest: nowhere, reason: 'too dear' }), 'approval/unknown'],
  ['set_approval_rule', () => ({ tool: 'nobody_made_it', mode: 'ask' }), 'approval/bad-rule'],
  ['trace_workflow', () => ({ workflow: 'known' })],
  ['explain', () => ({ payee: 'npm:danube', receipt: known.receipt })],
  ['explain_page', () => ({ payee: 'npm:danube', receipt: known.receipt })],
  ['archive_history', () => ({ workflow: 'nobody started it' }), 'workflows/unknown'],
  ['settle_channels', () => ({ force: true })],
  ['recover_payments', () => ({})],
  ['close_channel', () => ({ channel: nowhere }), 'payment/channel-unknown'],
  ['confirm_payments', () => ({ epoch: 1 })],
  ['freeze_epoch', () => ({ epoch: 1 })],
  ['plan_scoring', () => ({ epoch: 1 })],
  ['judge_split', () => ({ epoch: 1, adapter: known.adapter, sampleScores: null })],
  [
    'confirm_attribution',
    () => ({
      receipt: nowhere,
      form: 'linear',
      scoring: { adapter: nowhere, groups: 2, sampleScores: null, rankPpm: null, fallback: 'not-replayable' },
    }),
    'store/not-found',
  ],
  ['report_scoring', () => ({ epoch: 1, adapters: [] }), 'store/scoring-conflict'],
  ['split_epoch', () => ({ epoch: 1 })],
  ['post_root', () => ({ epoch: 1 })],
  ['backtest_rule', () => ({ rule: { ...defaultRevenueRule, noiseFloorMicroNats: 7 } })],
  ['backtest_page', () => ({ report: nowhere }), 'blobs/not-found'],
  ['check_rule', () => ({ rule: { v: 2, treasuryPpm: 'all' } })],
  ['show_rule', () => ({})],
  ['add_rule', () => ({ rule: { ...defaultRevenueRule, noiseFloorMicroNats: 8 } })],
  ['propose_rule', () => ({ rule: defaultRevenueRule, backtest: nowhere }), 'blobs/not-found'],
  ['propose_engine', () => ({ engine: nowhere, evidence: nowhere }), 'attribution/unknown-engine'],
  ['propose_parameter', () => ({ name: 'quorumPercent', value: '101' }), 'tools/parameter-range'],
  ['propose_spending', () => ({ datanet: 'nobody-made-it', to: stranger, wei: '1', why: 'x' }), 'tools/pool-too-small'],
  ['cast_vote', () => ({ proposal: nowhere, support: 'for' }), 'chain/reverted'],
  ['ballot_of', () => ({ proposal: nowhere, support: 'for', voter: stranger })],
  ['delegate_votes', () => ({ key: 'operator' })],
  ['queue_proposal', () => ({ proposal: nowhere }), 'chain/no-proposal'],
  ['execute_proposal', () => ({ proposal: nowhere }), 'chain/no-proposal'],
  ['proposal_status', () => ({ proposal: nowhere }), 'chain/no-proposal'],
  ['list_proposals', () => ({})],
  ['follow_proposal', () => ({ proposal: nowhere }), 'chain/no-proposal'],
  ['list_engines', () => ({})],
  ['pool_status', () => ({ datanet: tinyDatanet })],
  ['list_rules', () => ({})],
  ['close_epoch', () => ({}), 'workflows/temporal'],
  ['claim', () => ({})],
  ['statement', () => ({ payee: 'npm:danube' })],
  ['publish_epoch', () => ({ epoch: 1 })],
  ['claim_proof', () => ({ payee: edges.ctx.keys.server.address.toLowerCase() })],
  ['name_payee_key', () => ({ payee: 'name:a river', key: stranger })],
  ['start_payee_claim', () => ({ payee: stranger, account: stranger }), 'chain/payee-has-address'],
  [
    'prove_payee',
    () => ({ nonce: nowhere, signature: '0x12', proof: { kind: 'domain', by: 'dns' } }),
    'store/not-found',
  ],
  ['set_datanet_access', () => ({ datanet: tinyDatanet, add: [stranger] })],
  ['propose_root', () => ({ epoch: 1 })],
  ['root_status', () => ({ epoch: 1 })],
  ['finalise_root', () => ({ epoch: 1 })],
  ['correct_epoch', () => ({ epoch: 1 }), 'tools/not-rejected'],
  ['payee_status', () => ({ payee: 'npm:danube' })],
  ['merge_payees', () => ({ alias: nowhere, into: nowhere }), 'store/not-found'],
  ['finish_recovery', () => ({ payee: 'npm:danube' }), 'payee/no-recovery'],
  ['epoch_report', () => ({ epoch: 1 })],
  ['prove_receipt', () => ({ receipt: known.receipt })],
  ['draw_audits', () => ({ epoch: 1, count: 1 })],
  ['audit', () => ({ receipt: known.receipt })],
  ['audit_unroll', () => ({ receipt: known.receipt })],
  ['retrain_payee', () => ({ receipt: known.receipt, payee: 'npm:nobody' }), 'tools/payee-without-samples'],
  ['plan_unroll', () => ({ receipt: known.receipt })],
  ['unroll_block', () => ({ unroll: nowhere, from: 1, to: 0, state: null }), 'blobs/not-found'],
  ['plan_evaluation', () => ({ adapter: nowhere }), 'store/not-found'],
  ['score_evaluation', () => ({ evaluation: nowhere, from: 1, to: 0, state: null }), 'blobs/not-found'],
  ['retrain_piece', () => ({ evaluation: nowhere, state: nowhere, from: 0, to: 1 }), 'blobs/not-found'],
  ['finish_evaluation', () => ({ evaluation: nowhere, state: nowhere, losses: [nowhere] }), 'blobs/not-found'],
  ['evaluate_adapter', () => ({ model: 'nobody sells it' }), 'models/unknown-model'],
  ['finish_unroll', () => ({ unroll: nowhere, state: nowhere }), 'blobs/not-found'],
  ['post_bond', () => ({ adapter: nowhere }), 'store/not-found'],
  ['bond_status', () => ({ adapter: known.adapter })],
  ['stake', () => ({ role: 'server', wei: '0' })],
  ['unstake', () => ({ role: 'server', wei: '5' })],
  ['withdraw_stake', () => ({ role: 'server' })],
  ['stake_of', () => ({ role: 'attributor' })],
  ['open_dispute', () => ({ epoch: 99, reason: 'it pays nobody' }), 'tools/no-proposal'],
  ['answer_dispute', () => ({ id: 9, answer: 'it pays all' }), 'chain/no-dispute'],
  ['decide_dispute', () => ({ id: 9, verdict: 'time' }), 'chain/no-dispute'],
  ['dispute_status', () => ({ id: 9 }), 'chain/no-dispute'],
  ['plan_verification', () => ({ adapter: known.adapter }), 'chain/no-bond'],
  ['retrain_drawn', () => ({ adapter: known.adapter, from: 0, to: 1 }), 'chain/no-bond'],
  ['seal_reports', () => ({ adapter: known.adapter, reports: [{ slot: 0, digest: nowhere }] }), 'chain/no-bond'],
  ['open_reports', () => ({ adapter: known.adapter, reports: [{ slot: 0, digest: nowhere }] }), 'chain/no-bond'],
  ['settle_reports', () => ({ adapter: known.adapter, look: 1 }), 'chain/no-bond'],
  ['verify_adapter', () => ({ adapter: known.adapter }), 'chain/no-bond'],
  ['summarise_tour', () => ({ tour: 'x' }), 'tools/input'],
  ...recipeCases(known, nowhere),
  ...verbatimCases(tinyDatanet, nowhere),
  ['status', () => ({})],
]

test(`the table of this test names all ${boundTools.length} tools`, () => {
  expect(cases.map(([name]) => name).toSorted()).toEqual(Object.keys(definitions).toSorted())
  expect(boundTools.map(({ definition }) => definition.name).toSorted()).toEqual(Object.keys(definitions).toSorted())
  for (const [name, definition] of Object.entries(definitions)) expect(definition.name).toBe(name)
})

test('a home whose adapters were trained on another base is tools/other-base, with its own base it is opened', async () => {
  const { store, engine } = edges.ctx
  await refuseOtherBase({ store, engine })
  const other = { ...engine, base: { ...engine.base, digest: nowhere as typeof engine.base.digest } }
  await expect(refuseOtherBase({ store, engine: other })).rejects.toMatchObject({
    code: 'tools/other-base',
    facts: { trainedOn: engine.base.digest },
  })
})

describe('through LangChain, MCP (in memory, HTTP, stdio), HTTP, CLI and as an activity', () => {
  test.each(cases)('%s gives the same bytes, and the same again under the same key', async (tool, inputOf, code) => {
    const input = inputOf()
    const outputs = new Map<string, string>()
    const key = definitions[tool].effect === 'read' ? undefined : `parity ${tool}`
    for (const [face, call] of Object.entries(faces)) outputs.set(face, await call(tool, input, key))
    const [[, first] = ['', '']] = outputs

    expect(Object.fromEntries(outputs)).toEqual(Object.fromEntries([...outputs.keys()].map((face) => [face, first])))
    const { error } = JSON.parse(first) as { error?: { code: string } }
    expect(error?.code).toBe(code)
    for (const [face, call] of Object.entries(faces)) expect(await call(tool, input, key)).toBe(outputs.get(face))
  })

  test('an input that the schema refuses is tools/input with the same issues on all seven', async () => {
    const refused = new Set<string>()
    for (const call of Object.values(faces)) refused.add(await call('quote', { model: 7, temperature: 'warm' }))
    expect(refused.size).toBe(1)
    const { error } = JSON.parse([...refused][0] ?? '') as { error: { code: string; facts: { issues: string[] } } }
    expect(error.code).toBe('tools/input')
    expect(error.facts.issues).toHaveLength(3)
  })

  test('a call with an effect and without a key is tools/no-effect-key; an activity always has one', async () => {
    const { activity: _, ...others } = faces
    const effects = cases.filter(([name, , code]) => definitions[name].effect !== 'read' && code !== 'tools/input')
    expect(effects.length).toBeGreaterThanOrEqual(15)
    for (const [tool, inputOf] of effects.slice(0, 3)) {
      for (const [face, call] of Object.entries(others)) {
        const { error } = JSON.parse(await call(tool, inputOf())) as { error?: { code: string } }
        expect([face, error?.code]).toEqual([face, 'tools/no-effect-key'])
      }
    }
  })

  test('contribute puts a sample in once for each key: the second call returns the first result, another input is refused', async () => {
    for (const [i, [face, call]] of Object.entries(faces).entries()) {
      const input = await signContributions(edges.ctx, 'locks', [`What is lock number ${i} of the canal?`])
      const first = await call('contribute', input, `contribute ${face}`)
      expect(Object.keys(JSON.parse(first) as object)).toEqual(['batchRoot', 'samples', 'transaction'])
      expect(await call('contribute', input, `contribute ${face}`)).toBe(first)
      if (face === 'activity') continue // its key holds the digest of its input
      const other = await call(
        'contribute',
        await signContributions(edges.ctx, 'locks', [`And lock ${i}?`]),
        `contribute ${face}`,
      )
      expect((JSON.parse(other) as { error: { code: string } }).error.code).toBe('store/effect-conflict')
    }
    expect(await listSamples(edges.ctx.store, { datanet: 'locks' })).toHaveLength(Object.keys(faces).length)
  })
})

test('each call of an activity leaves one line with digests, never texts', async () => {
  const calls = await callsOf(edges.ctx.store, { workflow: 'test' })
  const asked = calls.filter(({ name }) => name === 'quote')
  // The same call twice is one line, and the call that the schema refused another.
  expect(asked.map(({ state, failure }) => failure ?? state).toSorted()).toEqual(['done', 'tools/input'])
  expect(JSON.stringify(calls, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))).not.toContain(
    'Which river',
  )
  for (const { key, inputDigest } of asked) expect(key.endsWith(inputDigest)).toBe(true)
})
