import { defaultRevenueRuleDigest } from '../../attribution/index.ts'
import { digestRoot, type Digest } from '../../kernel/index.ts'
import { readDeviceStamp, recipeDigest, smoothnessOf, type FinishedRun, type Run } from '../../models/index.ts'
import { getVersion, samplesOfVersion } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import type { RunPlan } from './runPlan.ts'
import { trainingCard, type TrainingCard } from './trainingCard.ts'

type Made = {
  id: Digest
  finished: FinishedRun
  step: number
  stepsTrained: number
  counterfactuals: Digest[]
  influence: Digest
  path: Digest
  texts: Digest
}

/** The card of a finished run: a function of the run and of what it left, with no time in it. */
export async function cardOf(
  { store, engine }: ToolContext,
  plan: RunPlan,
  run: Run,
  { id, finished, step, stepsTrained, counterfactuals, influence, path, texts }: Made,
): Promise<TrainingCard> {
  const { number } = await getVersion(store, { root: plan.datanetRoot })
  const learned = new Set(plan.samples.map((sample) => sample.id))
  const all = await samplesOfVersion(store, { datanet: plan.datanet, number })
  const byLicence = Map.groupBy(
    all.filter((sample) => learned.has(sample.id)),
    ({ licence }) => licence,
  )
  const { heldOutLossBeforeNats, heldOutLossAfterNats, state, lossesMicroNats, validation, skipped } = finished
  const device = plan.device === 'gpu' ? await readDeviceStamp(run) : undefined
  return trainingCard.parse({
    v: 2,
    alias: plan.alias,
    adapter: finished.adapters[0]?.digest,
    base: plan.base,
    baseName: engine.base.name,
    datanet: plan.datanetRoot,
    datanetName: plan.datanet,
    datanetVersion: number,
    licences: [...byLicence].map(([licence, own]) => ({ licence, samples: own.length })).toSorted(byName),
    recipe: plan.recipe,
    recipeDigest: recipeDigest(plan.recipe),
    smooth: smoothnessOf(plan.recipe).smooth,
    run: id,
    plan: run.digest,
    steps: step,
    stepsTrained,
    stepsPlanned: run.steps,
    samples: plan.samples.length,
    payees: new Set(plan.samples.map(({ payee }) => payee)).size,
    groups: plan.groups.length,
    lossesMicroNats,
    validation,
    heldOutLossBeforeMicroNats: Math.round(heldOutLossBeforeNats * 1e6),
    heldOutLossAfterMicroNats: Math.round(heldOutLossAfterNats * 1e6),
    skipped: skipped.map(({ step: at, sample }) => ({ step: at, sample: plan.samples[sample]?.id })),
    counterfactuals,
    counterfactualRoot: digestRoot(counterfactuals),
    influence,
    path,
    texts,
    finalState: state,
    attribution: 'counterfactual-linear/1+hessian-free/1',
    rule: defaultRevenueRuleDigest,
    ...(device === undefined ? {} : { device }),
  })
}

function byName(a: { licence: string }, b: { licence: string }): number {
  return a.licence < b.licence ? -1 : 1
}
