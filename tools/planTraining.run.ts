import { groupPayees } from '../attribution/index.ts'
import { drawSeed, readVersion } from '../chain/index.ts'
import { sampleSubset, splitByDocument } from '../datanets/index.ts'
import { canonicalBytes, TributaryError, type Digest, type Sample } from '../kernel/index.ts'
import { recipeDigest, recipeOf, type Recipe } from '../models/index.ts'
import { getVersion, listAdapters, markVersionOnChain, openRun, samplesOfVersion } from '../store/index.ts'
import type { ToolContext } from './context.ts'
import type { planTraining } from './planTraining.ts'
import type { Run } from './runTool.ts'
import { heldOutSplit } from './training/heldOutSplit.ts'
import { samplesWithinBudget } from './training/samplesWithinBudget.ts'
import type { RunPlan } from './training/runPlan.ts'

const heldOutTexts = 64
const minPayees = 50
const stepsPerBlock = 4

export const run: Run<typeof planTraining> = async (
  { datanetRoot, alias, samples: n, groups: k, budgetMs, seed },
  ctx,
) => {
  const { store, engine } = ctx
  const { datanet, number } = await getVersion(store, { root: datanetRoot })
  const all = await samplesOfVersion(store, { datanet, number })
  const recipe = recipeOf({ seed })
  const split = splitByDocument(all, heldOutSplit(datanetRoot, seed))
  const most =
    budgetMs === undefined
      ? n
      : Math.min(n, await samplesWithinBudget(ctx, split.train, { recipe, groups: k, budgetMs }))
  const chosen = sampleSubset({ samples: split.train, n: most, seed: `train/${seed}`, minPayees })
  const evaluated = sampleSubset({ samples: split.heldOut, n: heldOutTexts, seed: `held-out/${seed}`, minPayees })
  const groupSeed = await seedAfterFreeze(ctx, datanetRoot, { datanet, number })
  const plan: RunPlan = {
    v: 1,
    alias,
    datanet,
    datanetRoot,
    base: engine.base.digest,
    recipe,
    groupSeed,
    samples: chosen.map(({ id, payee }) => ({ id, payee })),
    heldOut: evaluated.map(({ id }) => id),
    groups: groupPayees({ seed: groupSeed, payees: payeesOf(chosen), k }),
  }
  const id = await ctx.blobs.put(canonicalBytes(plan))
  const steps = stepsOf(chosen.length, recipe)
  await openRun(store, {
    id,
    recipe: recipeDigest(recipe),
    base: engine.base.digest,
    datanet: datanetRoot,
    totalSteps: steps,
    atMs: ctx.now(),
  })
  const finished = (await listAdapters(store, {})).find((adapter) => adapter.run === id)
  const blocks = Array.from({ length: Math.ceil(steps / stepsPerBlock) }, (_, i) => ({
    from: i * stepsPerBlock,
    to: Math.min(steps, (i + 1) * stepsPerBlock),
  }))
  return {
    run: id,
    recipe: recipeDigest(recipe),
    samples: chosen.length,
    payees: payeesOf(chosen).length,
    groups: plan.groups.length,
    steps,
    blocks,
    finished: finished?.digest ?? null,
  }
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

function payeesOf(samples: readonly Sample[]) {
  return [...new Set(samples.map(({ payee }) => payee))]
}

function stepsOf(samples: number, { epochs, batch }: Recipe): number {
  return epochs * Math.ceil(samples / batch)
}
