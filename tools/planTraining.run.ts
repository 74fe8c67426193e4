import { groupPayees } from '../attribution/index.ts'
import { drawSeed, readVersion } from '../chain/index.ts'
import { canonicalBytes, digestOf, TributaryError, type Digest } from '../kernel/index.ts'
import { recipeDigest, recipeLayout } from '../models/index.ts'
import { finishRun, listAdapters, markVersionOnChain, openRun } from '../store/index.ts'
import type { ToolContext } from './context.ts'
import type { planTraining } from './planTraining.ts'
import type { Run } from './runTool.ts'
import { chooseTexts, drawSamples, payeesOf } from './training/chooseTexts.ts'
import { refuseFullDisk } from './training/refuseFullDisk.ts'
import { recipeOfRequest, trainingIdOf } from './training/resolveTraining.ts'
import { estimateSize } from './training/estimateSize.ts'
import { readRunPlan } from './training/readRunPlan.ts'
import type { RunPlan } from './training/runPlan.ts'
import { samplesWithinBudget } from './training/samplesWithinBudget.ts'
import { appendTrainingPlan } from './training/trainingEvents.ts'

export const run: Run<typeof planTraining> = async (request, ctx) => {
  const { store, engine } = ctx
  const { datanetRoot, alias, budgetMs } = request
  const recipe = recipeOfRequest(request)
  const { seed } = recipe
  const { samples: n = recipe.samples, groups: k = recipe.groups } = request
  const texts = await chooseTexts(ctx, { datanetRoot, seed, validationTexts: recipe.validation.texts })
  const { datanet, version: number } = texts
  const most =
    budgetMs === undefined
      ? n
      : Math.min(n, await samplesWithinBudget(ctx, texts.train, { recipe, groups: k, budgetMs }))
  const chosen = drawSamples(texts.train, { n: most, seed })
  const groupSeed = await seedAfterFreeze(ctx, datanetRoot, { datanet, number })
  const payees = payeesOf(chosen)
  const plan: RunPlan = {
    v: 2,
    alias,
    datanet,
    datanetRoot,
    base: engine.base.digest,
    recipe,
    groupSeed,
    samples: chosen.map(({ id, payee }) => ({ id, payee })),
    heldOut: texts.heldOut.map(({ id }) => id),
    validation: texts.validation.map(({ id }) => id),
    groups: groupPayees({ seed: groupSeed, payees, k }),
    ...(request.device === undefined ? {} : { device: request.device }),
  }
  const { epochs, batch, validation, maxLength } = recipe
  const steps = epochs * Math.ceil(chosen.length / batch)
  const finished = await finishedBefore(ctx, plan)
  if (finished === undefined) {
    const { scratchMiB, keptMiB } = estimateSize({
      parameters: recipeLayout(recipe, engine.base.config).length,
      variants: plan.groups.length + 1,
      samples: chosen.length,
      batch,
      steps,
      everySteps: validation.everySteps,
      tokens: (chosen.length + plan.heldOut.length + plan.validation.length) * maxLength,
      hiddenSize: engine.base.config.hidden_size,
    })
    await refuseFullDisk(ctx, scratchMiB + keptMiB)
  }
  const id = await ctx.blobs.put(canonicalBytes(plan))
  const digest = recipeDigest(recipe)
  const opened = await openRun(store, {
    id,
    recipe: digest,
    base: engine.base.digest,
    datanet: datanetRoot,
    totalSteps: steps,
    atMs: ctx.now(),
  })
  await appendTrainingPlan(ctx, trainingIdOf(request), {
    run: id,
    alias,
    recipe: recipe.name,
    recipeDigest: digest,
    samples: chosen.length,
    payees: payees.length,
    groups: plan.groups.length,
    batch,
    steps,
  })
  // The run itself may be the one that was finished: its time stays.
  if (finished !== undefined && opened.adapter === null)
    await finishRun(store, { id, adapter: finished, atMs: ctx.now() })
  // A block ends where the recipe looks: the state after it is what may be kept.
  const size = validation.everySteps
  const blocks = Array.from({ length: Math.ceil(steps / size) }, (_, i) => ({
    from: i * size,
    to: Math.min(steps, (i + 1) * size),
  }))
  return {
    run: id,
    recipe: digest,
    samples: chosen.length,
    payees: payees.length,
    groups: plan.groups.length,
    steps,
    blocks,
    ...(plan.device === undefined ? {} : { device: plan.device }),
    finished: finished ?? null,
  }
}

/** The adapter of a run that differs in nothing but the name under which it is sold: it would be trained to the same bytes. */
async function finishedBefore(ctx: ToolContext, plan: RunPlan): Promise<Digest | undefined> {
  const wanted = digestOf({ ...plan, alias: '' })
  const recipe = recipeDigest(plan.recipe)
  for (const adapter of await listAdapters(ctx.store, {})) {
    if (adapter.recipe !== recipe || adapter.datanet !== plan.datanetRoot || adapter.base !== plan.base) continue
    if (digestOf({ ...(await readRunPlan(ctx, adapter)), alias: '' }) === wanted) return adapter.digest
  }
  return undefined
}

/** The block after the one that holds the version: nobody knew its hash when the samples were chosen. */
async function seedAfterFreeze(
  { chain, store }: ToolContext,
  root: Digest,
  version: { datanet: string; number: number },
): Promise<Digest> {
  const onChain = await readVersion(chain, root)
  if (!onChain) {
    throw new TributaryError('This Datanet version is not on chain, so no block after it can deal the groups.', {
      code: 'tools/version-not-published',
      facts: { root, ...version },
      tryThis: 'publish it first: tributary tools publish-version',
    })
  }
  const { hash } = await drawSeed(chain, onChain.block)
  await markVersionOnChain(store, { ...version, blockHash: hash })
  return hash
}
