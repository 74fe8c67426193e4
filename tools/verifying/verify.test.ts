import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultRevenueRuleDigest } from '../../attribution/index.ts'
import {
  drawMembers,
  loadOrCreateKeys,
  postBond,
  readBalance,
  readBond,
  registerModel,
  untilChainTime,
  withdrawOwed,
} from '../../chain/index.ts'
import {
  canonicalBytes,
  digestBytes,
  digestOf,
  digestRoot,
  digestString,
  digestText,
  type Address,
  type Digest,
  type WeiString,
} from '../../kernel/index.ts'
import { finishRun, prepareRun, runBlock } from '../../models/index.ts'
import { openBlobs } from '../../store/index.ts'
import { boundTools } from '../boundTools.ts'
import type { ToolContext } from '../context.ts'
import { readAdapter } from '../ensureAdapter.ts'
import { runTool, type BoundTool } from '../runTool.ts'
import { openTestContext, type TestContext } from '../testing/openTestContext.ts'
import { trainTinyModel } from '../testing/trainTinyModel.ts'
import type { Bundle } from './bundle.ts'
import { makeBundle } from './makeBundle.ts'

const bondWei = 900n
const reportBondWei = 10n
const terms = {
  minBondWei: '900' as WeiString,
  reportBondWei: '10' as WeiString,
  // Of three members: whatever is wrong is drawn.
  picks: 3,
  commitSeconds: 10_000,
  revealSeconds: 10_000,
}
let edges: TestContext
let ctx: ToolContext
let datanetRoot: Digest
let honest: Digest
beforeAll(async () => {
  edges = await openTestContext({ bond: terms })
  ;({ ctx } = edges)
  ;({ datanetRoot, adapter: honest } = await trainTinyModel(ctx))
})
afterAll(() => edges.close())

type Outcome = Record<string, unknown> & {
  reports: { member: number; same: boolean; digest: string }[]
  cases: { member: number; outcome: string }[]
}

let calls = 0
async function call(name: string, input: object, changes: Partial<ToolContext> = {}): Promise<Outcome> {
  const tool = boundTools.find(({ definition }) => definition.name === name) as BoundTool
  const call = { face: 'test', effectKey: `verify ${calls++}`, ...changes.call } as const
  return (await runTool(tool, input, { ...ctx, ...changes, call })) as Outcome
}

/** An adapter of its own seed, trained by the tools and not registered yet. */
async function trained(seed: number): Promise<Digest> {
  const plan = await call('plan_training', { datanetRoot, alias: `seed-${seed}`, samples: 16, groups: 2, seed })
  const { run } = plan
  for (const block of plan['blocks'] as object[]) await call('train_block', { run, ...block })
  return digestString.parse((await call('finish_training', { run }))['adapter'])
}

/** Registers and bonds an adapter as a cheat would: one of its counterfactual digests is of something else. */
async function bonded(adapter: Digest, { group, leaf }: { group: number; leaf: Digest }): Promise<void> {
  const { bundle: truth } = await makeBundle(ctx, adapter)
  const counterfactuals = truth.card.counterfactuals.with(group, leaf)
  const card = { ...truth.card, counterfactuals, counterfactualRoot: digestRoot(counterfactuals) }
  await post({ ...truth, card })
}

async function post(bundle: Bundle): Promise<void> {
  const { chain, blobs, keys } = ctx
  const { adapter, card, plan, machine } = bundle
  const leaves = card.counterfactuals
  await registerModel(chain, {
    adapter,
    base: plan.base,
    datanet: plan.datanetRoot,
    recipe: card.recipeDigest,
    counterfactuals: digestRoot(leaves),
    card: digestOf(card),
    licences: digestText('licences'),
    rule: defaultRevenueRuleDigest,
    modelOwner: keys.modelOwner.address as Address,
  })
  const stored = await blobs.put(canonicalBytes(bundle))
  await postBond(chain, {
    adapter,
    bondWei,
    plan: digestOf(plan),
    machine: digestOf(machine),
    bundle: stored,
    leaves,
  })
}

const verifier = () => ctx.keys.verifier.address.toLowerCase() as Address
const bytesOf = (theta: Float32Array) => new Uint8Array(theta.buffer, theta.byteOffset, theta.byteLength)

describe('a stranger who trains the drawn members of an adapter set again in a process of its own', () => {
  test('of an honest set gets the committed bytes of all three, attests, and every bond goes back', async () => {
    const before = await call('bond_status', { adapter: honest })
    expect(before['verdict']).toBe('no bond')
    const operator = ctx.keys.operator.address.toLowerCase() as Address
    const funds = await readBalance(ctx.chain, operator)
    const { members } = await call('post_bond', { adapter: honest })
    expect(members).toBe(3)
    expect((await call('bond_status', { adapter: honest }))['verdict']).toBe('not drawn')
    const outcome = await call('verify_adapter', { adapter: honest })
    const same = new Map(outcome.reports.map((report) => [report.member, report.same]))
    expect(same).toEqual(new Map([0, 1, 2].map((member) => [member, true])))
    expect(outcome).toMatchObject({ verdict: 'attested', collectedWei: '30' })
    expect(outcome.cases.map(({ outcome: ended }) => ended)).toEqual(['attested', 'attested', 'attested'])
    expect(await withdrawOwed(ctx.chain, 'retrainBond', operator)).toBe(bondWei)
    // What the verifier was given for its reports it has now.
    expect(await readBalance(ctx.chain, verifier())).toBe(3n * reportBondWei)
    expect(await readBalance(ctx.chain, operator)).toBe(funds - 3n * reportBondWei)
  })

  test('finds a counterfactual adapter that is a copy of the full one: the bond is lost, 150 of 900 wei to the finder', async () => {
    const adapter = await trained(2)
    const { theta } = await readAdapter(ctx, adapter)
    await bonded(adapter, { group: 1, leaf: digestBytes(bytesOf(theta)) })
    const before = await readBalance(ctx.chain, verifier())
    const outcome = await call('verify_adapter', { adapter })
    expect(outcome.reports.filter(({ same }) => !same).map(({ member }) => member)).toEqual([2])
    expect(outcome.cases.find(({ member }) => member === 2)?.outcome).toBe('upheld')
    expect(outcome).toMatchObject({ verdict: 'slashed', collectedWei: '180' })
    expect(await readBalance(ctx.chain, verifier())).toBe(before + 150n)
    expect(await withdrawOwed(ctx.chain, 'retrainBond', ctx.chain.contracts.openTimelock)).toBe(750n)
    const operator = ctx.keys.operator.address.toLowerCase() as Address
    expect(await withdrawOwed(ctx.chain, 'retrainBond', operator)).toBe(0n)
  })

  test('finds a counterfactual adapter that was trained on one changed sample', async () => {
    const adapter = await trained(3)
    const { bundle } = await makeBundle(ctx, adapter)
    const { plan, samples } = bundle
    const groupOf = samples.map(({ payee }) => plan.groups.findIndex((group) => group.includes(payee)))
    const at = groupOf.indexOf(1)
    const changed = samples.with(at, { ...samples[at]!, completion: `It is the best. ${samples[at]!.completion}` })
    const dir = join(ctx.home.dir, 'cheat')
    const { recipe } = plan
    const run = await prepareRun({
      engine: ctx.engine,
      dir,
      recipe,
      samples: changed,
      heldOut: samples.slice(0, 1),
      groupOf,
      variants: [0],
    })
    await runBlock(ctx.engine, run, { from: 0, to: run.steps })
    const { adapters } = await finishRun(ctx.engine, run)
    await bonded(adapter, { group: 0, leaf: digestBytes(bytesOf(adapters[0]!.theta)) })
    const outcome = await call('verify_adapter', { adapter })
    expect(outcome.reports.filter(({ same }) => !same).map(({ member }) => member)).toEqual([1])
    expect(outcome).toMatchObject({ verdict: 'slashed', collectedWei: '180' })
    expect(await readBond(ctx.chain, adapter)).toMatchObject({ slashed: true, lockedWei: 0n })
  })

  test('in another home, killed in the middle, or cut into blocks, gets the same bytes', async () => {
    const stop = new AbortController()
    const heartbeat = () => stop.abort()
    // A stranger's home: no store, no keys and no blobs of the first one; only the file that its operator handed out.
    const dir = join(ctx.home.dir, 'second')
    const blobs = await openBlobs(join(dir, 'blobs'))
    const second = { home: { ...ctx.home, dir }, blobs, keys: loadOrCreateKeys(dir) }
    const { bundle } = (await readBond(ctx.chain, honest))!
    await expect(call('plan_verification', { adapter: honest }, second)).rejects.toMatchObject({
      code: 'verify/no-bundle',
    })
    const plan = { adapter: honest, bundleFile: ctx.blobs.path(bundle) }
    expect(await call('plan_verification', plan, second)).toMatchObject({ bundle, steps: 2, samples: 16 })
    const cut = call(
      'retrain_drawn',
      { adapter: honest, from: 0, to: 2 },
      { ...second, call: { face: 'test', effectKey: 'b', heartbeat, signal: stop.signal } },
    )
    await expect(cut).rejects.toMatchObject({ code: 'models/cancelled', retry: true })
    const whole = await call('retrain_drawn', { adapter: honest, from: 0, to: 2 }, second)
    const third = { home: { ...ctx.home, dir: join(ctx.home.dir, 'third') } }
    const half = await call('retrain_drawn', { adapter: honest, from: 0, to: 1 }, third)
    expect(half.reports).toEqual([])
    expect(await call('retrain_drawn', { adapter: honest, from: 1, to: 2 }, third)).toEqual(whole)
    expect(whole.reports.every(({ same }) => same)).toBe(true)
  })
})

describe('before anything is trained', () => {
  test('a bundle of other bytes, a text that is not the sample of its id, and another machine are refused', async () => {
    const file = join(ctx.home.dir, 'bundle.json')
    writeFileSync(file, '{"v":1}')
    await expect(call('plan_verification', { adapter: honest, bundleFile: file })).rejects.toMatchObject({
      code: 'verify/differs',
      facts: { what: 'the bundle' },
    })
    const adapter = await trained(4)
    const { bundle } = await makeBundle(ctx, adapter)
    const [first, ...rest] = bundle.samples
    await post({ ...bundle, samples: [{ ...first!, completion: 'Other words.' }, ...rest] })
    await expect(call('plan_verification', { adapter })).rejects.toMatchObject({
      code: 'verify/differs',
      facts: { what: 'a sample', sample: first!.id },
    })
    const stamp = { ...ctx.engine.stamp, cpu: 'another class' }
    const elsewhere = { engine: { ...ctx.engine, stamp } }
    await expect(call('plan_verification', { adapter: honest }, elsewhere)).rejects.toMatchObject({
      code: 'verify/other-machine',
      facts: { hereCpu: 'another class' },
    })
    expect((await call('bond_status', { adapter }))['verdict']).toBe('not drawn')

    // A verifier that comes back when the time for opening is over has lost its bonds, and is told so.
    await drawMembers(ctx.chain, adapter)
    const reports = [{ slot: 1, digest: digestOf('anything') }]
    expect((await call('seal_reports', { adapter, reports }))['sealed']).toEqual([1])
    await untilChainTime(ctx.chain, (await readBond(ctx.chain, adapter))!.cases[1]!.revealEnds)
    expect(await call('open_reports', { adapter, reports })).toMatchObject({ attested: [], objected: [], lost: [1] })
    const settled = await call('settle_reports', { adapter, look: 1 })
    expect(settled).toMatchObject({ verdict: 'unverified', collectedWei: '0', waitMs: null })
  })

  test('an adapter without bond, members that were not drawn, and steps that the run does not have are coded refusals', async () => {
    const nobody = digestOf('nobody')
    await expect(call('plan_verification', { adapter: nobody })).rejects.toMatchObject({ code: 'chain/no-bond' })
    await expect(call('retrain_drawn', { adapter: honest, from: 0, to: 3 })).rejects.toMatchObject({
      code: 'verify/block-range',
      facts: { steps: 2 },
    })
    const late = { adapter: honest, reports: [{ slot: 7, digest: nobody }] }
    await expect(call('seal_reports', late)).rejects.toMatchObject({ code: 'verify/too-late' })
  })
})
