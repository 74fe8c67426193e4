import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readModel } from '../../chain/index.ts'
import {
  canonicalBytes,
  digestOf,
  digestString,
  type Digest,
  type Receipt,
  type TributaryError,
} from '../../kernel/index.ts'
import { namedRecipe, recipeOf } from '../../models/index.ts'
import {
  findModel,
  getAdapter,
  getRun,
  getSample,
  listAdapters,
  listCheckpoints,
  samplesOfVersion,
} from '../../store/index.ts'
import { checkTraining } from '../auditing/checkTraining.ts'
import { boundTools } from '../boundTools.ts'
import type { ToolContext } from '../context.ts'
import { previewTraining } from '../previewTraining.ts'
import { runTool, type BoundTool } from '../runTool.ts'
import { openTestContext, type TestContext } from '../testing/openTestContext.ts'
import { tinyDatanet, trainTinyModel } from '../testing/trainTinyModel.ts'
import { trainAdapter } from '../trainAdapter.ts'
import { chooseTexts } from './chooseTexts.ts'
import { estimateSize } from './estimateSize.ts'
import { readTrainingCard } from './readTrainingCard.ts'
import { freeDiskMiB, refuseFullDisk } from './refuseFullDisk.ts'
import { readTrainingEvents } from './trainingEvents.ts'
import { trainingProgress } from './trainingProgress.ts'

let edges: TestContext
let ctx: ToolContext
let datanetRoot: Digest
let adapter: Digest
beforeAll(async () => {
  edges = await openTestContext()
  ctx = edges.ctx
  ;({ datanetRoot, adapter } = await trainTinyModel(ctx))
})
afterAll(() => edges.close())

let calls = 0
const call = async (name: string, input: object, over: Partial<ToolContext> = {}) => {
  const tool = boundTools.find(({ definition }) => definition.name === name) as BoundTool
  return runTool(tool, input, { ...ctx, ...over, call: { face: 'test', effectKey: `test/${calls++}` } })
}
const preview = async (input: object, over?: Partial<ToolContext>) =>
  previewTraining.output.parse(await call('preview_training', input, over))
const train = async (input: object, over?: Partial<ToolContext>) =>
  trainAdapter.output.parse(await call('train_adapter', input, over))

/** Small, looks at every step, keeps the best; on other blocks and projections than the engine's own. */
const careful = (changes: object = {}) =>
  recipeOf({
    name: 'careful',
    rank: 4,
    alpha: 8,
    targets: ['v_proj', 'o_proj'],
    lastBlocks: 2,
    epochs: 4,
    batch: 8,
    samples: 16,
    groups: 2,
    learningRatePpb: 20_000_000,
    validation: { texts: 4, everySteps: 1, patience: 2, keep: 'best' },
    ...changes,
  })

test('with nothing given it is the newest version and quick; the plan says samples, time, disk, licences and earnings', async () => {
  const plan = await preview({})
  expect(plan.request).toEqual({ datanetRoot, alias: `${tinyDatanet}-quick`, recipe: namedRecipe('quick') })
  const { train: all, heldOut, validation } = await chooseTexts(ctx, { datanetRoot, seed: 1, validationTexts: 16 })
  expect(plan.samples).toBe(all.length)
  expect(plan.samples + heldOut.length + validation.length).toBe(24)
  expect(plan).toMatchObject({ payees: 6, groups: 6, steps: 2 * Math.ceil(all.length / 16), problems: [], refused: [] })
  expect(plan.largest[0]!.samples).toBeGreaterThanOrEqual(plan.largest[2]!.samples)
  expect(plan.tokens.labels).toBe(24 * plan.samples)
  expect(plan.tokens.answersCut).toBe(plan.samples)
  expect(plan.licence).toEqual({ allowed: true, licences: [{ licence: 'MIT', samples: 24, allowed: true }] })
  expect(plan.cost).toMatchObject({ needsApproval: false, transactions: 1 })
  expect(plan.disk.freeMiB).toBeGreaterThan(plan.disk.scratchMiB + plan.disk.keptMiB)
  // 70 % of 1,000 answers at 1,000,000 + 1,000 a prompt token + 64 · 5,000 wei.
  const fees = 1_000n * (1_000_000n + 1_000n * BigInt(plan.earnings.promptTokens) + 320_000n)
  expect(BigInt(plan.earnings.feesWei)).toBe(fees)
  expect(BigInt(plan.earnings.contributorsWei)).toBe((fees * 7n) / 10n)
  expect((await preview({})).training).toBe(plan.training)
  expect((await preview({ seed: 2 })).training).not.toBe(plan.training)
})

test('a preview trains and stores nothing', async () => {
  const before = await listAdapters(ctx.store, {})
  const { training } = await preview({ seed: 77 })
  expect(await listAdapters(ctx.store, {})).toEqual(before)
  expect(await readTrainingEvents(ctx, training)).toEqual([])
})

/** With a rate so high that the loss soon rises again. */
const rash = careful({ epochs: 8, learningRatePpb: 200_000_000, warmupPpm: 0 })

test('a run of 16 steps stops 2 looks after its lowest loss and publishes that step, its card says so, and the audit agrees', async () => {
  const trained = await train({ recipeDocument: rash, alias: 'careful' })
  const card = await readTrainingCard(ctx, trained.card)
  const looks = card.validation.filter(({ step }) => step > 0)
  const lowest = Math.min(...looks.map(({ lossMicroNats }) => lossMicroNats))
  expect(trained.steps).toBe(looks.find(({ lossMicroNats }) => lossMicroNats === lowest)!.step)
  expect(card).toMatchObject({
    alias: 'careful',
    adapter: trained.adapter,
    datanetName: tinyDatanet,
    datanetVersion: 1,
    licences: [{ licence: 'MIT', samples: 16 }],
    recipeDigest: digestOf(rash),
    steps: trained.steps,
    stepsTrained: trained.steps + 2,
    stepsPlanned: 16,
    skipped: [],
  })
  expect(card.counterfactuals).toHaveLength(2)
  expect(card.lossesMicroNats).toHaveLength(trained.steps)
  expect(trained.texts.length).toBeGreaterThan(0)
  for (const { prompt } of trained.texts) expect(prompt).toMatch(/^What should a traveller know/)
  const onChain = await readModel(ctx.chain, trained.adapter)
  expect(onChain).toMatchObject({
    card: trained.card,
    recipe: card.recipeDigest,
    counterfactuals: card.counterfactualRoot,
  })
  const stored = await getAdapter(ctx.store, { digest: trained.adapter })
  expect(stored.run).toBe(trained.run)

  const evidence = { id: trained.adapter, receipt: { adapter: trained.adapter } as Receipt }
  expect(await checkTraining.run(ctx, evidence)).toMatch(/2 counterfactual adapters/)
  // An operator who publishes another checkpoint, with a card to fit, is found out by the recorded losses.
  const other = card.validation.find(({ step }) => step > 0 && step !== card.steps)!.step
  const state = (await listCheckpoints(ctx.store, { run: trained.run })).find(({ step }) => step === other)!.state
  const forged = await ctx.blobs.put(canonicalBytes({ ...card, steps: other, finalState: state }))
  const setCard = (blob: string) =>
    ctx.store.db.execute(sql`update adapters set card_digest = ${blob} where digest = ${trained.adapter}`)
  await setCard(forged)
  const audit = checkTraining.run(ctx, evidence)
  await expect(audit).rejects.toMatchObject({ code: 'audit/differs', facts: { what: 'the choice of the checkpoint' } })
  await setCard(trained.card)
})

test('the events of a training are numbered, end with its adapter, and go on after any of them', async () => {
  const { training, adapter: made } = await train({ recipeDocument: rash, alias: 'careful' })
  const events = await readTrainingEvents(ctx, training)
  expect(events.map(({ id }) => id)).toEqual([...events.keys()])
  const kinds = events.map(({ kind }) => kind)
  expect(kinds[0]).toBe('planned')
  expect(kinds.slice(-3)).toEqual(['stopped', 'finished', 'published'])
  const steps = events.flatMap((event) => (event.kind === 'step' ? [event.body.step] : []))
  expect(steps).toEqual(Array.from({ length: steps.length }, (_, i) => i + 1))
  expect(events.at(-1)).toMatchObject({ body: { adapter: made, alias: 'careful' } })
  expect(await readTrainingEvents(ctx, training, 3)).toEqual(events.slice(4))
  const answer = await call('training_events', { training, after: 3 })
  expect(answer).toMatchObject({ progress: { state: 'published', step: steps.length, steps: 16, etaSeconds: null } })
  expect(answer['events']).toHaveLength(events.length - 4)
})

test('speed is that of the median step: a night in which the process was down is no slow step', () => {
  const planned = { run: datanetRoot, alias: 'a', recipe: 'r', recipeDigest: datanetRoot, samples: 8, payees: 1, groups: 1, batch: 10, steps: 20 } // prettier-ignore
  const at = [0, 500, 1_000, 1_500, 9_000_000, 9_000_500]
  const steps = at.map((atMs, i) => ({
    id: i + 1,
    atMs,
    kind: 'step' as const,
    body: { step: i + 1, steps: 20, lossMicroNats: 5 },
  }))
  const progress = trainingProgress([{ id: 0, atMs: 0, kind: 'planned', body: planned }, ...steps])
  expect(progress).toMatchObject({ state: 'training', step: 6, samplesPerSecond: 20, etaSeconds: 7 })
})

test('the same training under another name costs no step: the adapter is sold under both', async () => {
  const again = await train({ datanetRoot, alias: 'second-name', samples: 16, groups: 2 })
  expect(again.adapter).toBe(adapter)
  expect(await findModel(ctx.store, { model: 'second-name' })).toBe(adapter)
  const { training } = await preview({ datanetRoot, alias: 'second-name', samples: 16, groups: 2 })
  const kinds = (await readTrainingEvents(ctx, training)).map(({ kind }) => kind)
  expect(kinds).toEqual(['planned', 'finished', 'published'])
  const finished = await getRun(ctx.store, { id: again.run })
  expect(finished.adapter).toBe(adapter)
  // Planned once more, it is the same finished run, with its time.
  await call('plan_training', {
    datanetRoot,
    alias: 'second-name',
    recipe: namedRecipe('quick'),
    samples: 16,
    groups: 2,
  })
  expect(await getRun(ctx.store, { id: again.run })).toEqual(finished)
})

test('a recipe that contradicts itself, a Datanet that nobody published and a foreign chain are refused with their codes', async () => {
  await expect(preview({ recipeDocument: { rank: 0 } })).rejects.toMatchObject({ code: 'models/recipe' })
  await expect(preview({ datanet: 'atlantis' })).rejects.toMatchObject({ code: 'tools/no-datanet-version' })
  await expect(preview({ datanet: 'atlantis', datanetRoot })).rejects.toMatchObject({ code: 'tools/other-datanet' })
  await expect(preview({ recipe: 'perfect' })).rejects.toMatchObject({ code: 'tools/input' })
  const elsewhere = { chain: { ...ctx.chain, chainId: 8453 } }
  expect((await preview({}, elsewhere)).cost).toMatchObject({ chainId: 8453, needsApproval: true })
  await expect(train({ seed: 5 }, elsewhere)).rejects.toMatchObject({
    code: 'tools/approval-needed',
    facts: { chainId: 8453 },
  })
})

test('a run that needs more disk than there is, is refused before its first step', async () => {
  expect(estimateSize({ parameters: 2 ** 18, variants: 9, samples: 256, batch: 16, steps: 32, everySteps: 4, tokens: 0, hiddenSize: 1 })).toEqual({ memoryMiB: 27 + 288, scratchMiB: 32 * 17, keptMiB: 8 * 27 + 18 + 256 + 33 }) // prettier-ignore
  const free = await freeDiskMiB(ctx)
  await refuseFullDisk(ctx, free - 100)
  await expect(refuseFullDisk(ctx, 2 * free)).rejects.toMatchObject({ code: 'tools/disk-too-small' })
})

test('a sample whose gradient is no number stops the training with its id; a recipe that skips says so on the card', async () => {
  const all = await samplesOfVersion(ctx.store, { datanet: tinyDatanet, number: 1 })
  const poisoned: ToolContext['engine'] = {
    ...ctx.engine,
    rowGradients: async (rows, thetas, layout) => {
      const results = await ctx.engine.rowGradients(rows, thetas, layout)
      // The fault: whatever has the shortest row is no number for the main adapter.
      const shortest = Math.min(...rows.map(({ row }) => row.ids.length))
      return results.map((result, i) =>
        rows.length > 8 && rows[i]!.adapter === 0 && rows[i]!.row.ids.length === shortest
          ? { ...result, lossNats: Number.NaN }
          : result,
      )
    },
  }
  const over = { engine: poisoned }
  const stopping = careful({ name: 'stopping', seed: 3, batch: 16, epochs: 1 })
  const input = { datanetRoot, alias: 'poisoned', recipe: stopping, samples: 16, groups: 2 }
  const { run } = (await call('plan_training', input)) as { run: Digest }
  const failure = call('train_block', { run, from: 0, to: 1 }, over)
  await expect(failure).rejects.toMatchObject({ code: 'models/poisoned-sample', facts: { step: 0, normMicro: null } })
  const named = await failure.catch((error: unknown) => (error as TributaryError).facts['sample'])
  expect(all.map(({ id }) => id)).toContain(digestString.parse(named))

  const skipping = careful({
    name: 'skipping',
    seed: 3,
    batch: 16,
    epochs: 1,
    poison: { action: 'skip', mostPpm: 200_000 },
  })
  const planned = await call('plan_training', { ...input, recipe: skipping })
  const block = await call('train_block', { run: planned['run'], from: 0, to: 1 }, over)
  expect(block['skipped']).toContain(named)
  const finished = await call('finish_training', { run: planned['run'] })
  const card = await readTrainingCard(ctx, digestString.parse(finished['card']))
  expect(card.skipped.map(({ sample }) => sample)).toContain(named)
  expect((await getSample(ctx.store, { id: digestString.parse(named) })).licence).toBe('MIT')
})
