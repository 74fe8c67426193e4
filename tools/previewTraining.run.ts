import { localChainId } from '../chain/index.ts'
import type { Sample } from '../kernel/index.ts'
import { recipeDigest, recipeLayout, smoothnessOf } from '../models/index.ts'
import { listAdapters } from '../store/index.ts'
import type { previewTraining } from './previewTraining.ts'
import type { Run } from './runTool.ts'
import { calibrate, encodeAll, trainingMs } from './training/calibrate.ts'
import { chooseTexts, drawSamples, payeesOf, type ChosenTexts } from './training/chooseTexts.ts'
import { earningsOf } from './training/earningsOf.ts'
import { estimateSize } from './training/estimateSize.ts'
import { freeDiskMiB } from './training/refuseFullDisk.ts'
import { recipeOfRequest, resolveTraining, trainingIdOf } from './training/resolveTraining.ts'
import { samplesWithinBudget } from './training/samplesWithinBudget.ts'
import { tokenCounts } from './training/tokenCounts.ts'

const mib = 2 ** 20

export const run: Run<typeof previewTraining> = async (wish, ctx) => {
  const { engine, store, chain } = ctx
  const request = await resolveTraining(ctx, wish)
  const training = trainingIdOf(request)
  const recipe = recipeOfRequest(request)
  const { samples: n = recipe.samples, groups: k = recipe.groups, budgetMs } = request
  const texts = await chooseTexts(ctx, {
    datanetRoot: request.datanetRoot,
    seed: recipe.seed,
    validationTexts: recipe.validation.texts,
  })
  const within =
    budgetMs === undefined
      ? n
      : Math.min(n, await samplesWithinBudget(ctx, texts.train, { recipe, groups: k, budgetMs }))
  const samples = drawSamples(texts.train, { n: within, seed: recipe.seed })
  const payees = payeesOf(samples)
  const groups = Math.min(k, payees.length)
  const rows = encodeAll(ctx, samples, recipe)
  const measured = encodeAll(ctx, [...texts.heldOut, ...texts.validation], recipe)
  const tokens = tokenCounts(ctx, samples, rows, recipe)
  const calibration = await calibrate(ctx, rows, recipe)

  const { epochs, batch, validation } = recipe
  const steps = epochs * Math.ceil(samples.length / batch)
  const padded = (some: typeof rows) => some.reduce((sum, { paddedLength }) => sum + paddedLength, 0)
  const { frozen, gradients } = trainingMs(calibration, padded(rows), { epochs, groups })
  const looks = Math.floor(steps / validation.everySteps) + 1
  const lookTokens =
    padded(measured.slice(texts.heldOut.length)) * looks + 2 * padded(measured.slice(0, texts.heldOut.length))
  const frozenSeconds = (frozen + padded(measured) * calibration.frozenMs) / 1000
  // A loss alone costs about a third of a gradient.
  const trainingSeconds = (gradients + (lookTokens * calibration.gradientMs) / 3) / 1000

  const parameters = recipeLayout(recipe, engine.base.config).length
  const size = estimateSize({
    parameters,
    variants: groups + 1,
    samples: samples.length,
    batch,
    steps,
    everySteps: validation.everySteps,
    tokens: padded(rows) + padded(measured),
    hiddenSize: engine.base.config.hidden_size,
  })
  const freeMiB = await freeDiskMiB(ctx)
  const nowMiB = Math.round(process.memoryUsage.rss() / mib)
  const needsApproval = chain.chainId !== localChainId
  const licences = texts.licences
  const digest = recipeDigest(recipe)
  const finished = (await listAdapters(store, {})).find(
    (adapter) =>
      adapter.recipe === digest && adapter.datanet === request.datanetRoot && adapter.base === engine.base.digest,
  )
  return {
    training,
    request,
    datanet: texts.datanet,
    version: texts.version,
    base: engine.base.name,
    recipe: { name: recipe.name, digest, ...smoothnessOf(recipe), parameters },
    samples: samples.length,
    payees: payees.length,
    largest: largestOf(samples),
    groups,
    heldOut: texts.heldOut.length,
    validation: texts.validation.length,
    steps,
    tokens,
    time: {
      calibratedRows: calibration.rows,
      frozenSeconds: Math.round(frozenSeconds),
      trainingSeconds: Math.round(trainingSeconds),
      totalSeconds: Math.round(frozenSeconds + trainingSeconds),
    },
    memory: { nowMiB, peakMiB: nowMiB + size.memoryMiB },
    disk: { scratchMiB: size.scratchMiB, keptMiB: size.keptMiB, freeMiB },
    cost: {
      chainId: chain.chainId,
      transactions: 1,
      needsApproval,
      note: needsApproval
        ? 'the gas of one transaction, paid by the operator; say approved'
        : 'nothing: your machine, and a chain of your own',
    },
    licence: { allowed: licences.every(({ allowed }) => allowed), licences },
    earnings: earningsOf(ctx, texts.heldOut, payees.length),
    refused: refusedOf(texts, samples.length),
    problems:
      freeMiB < size.scratchMiB + size.keptMiB
        ? [
            {
              code: 'tools/disk-too-small',
              what: `it needs ${size.scratchMiB + size.keptMiB} MiB of disk, ${freeMiB} MiB are free`,
            },
          ]
        : [],
    finished: finished?.digest ?? null,
  }
}

/** What is not trained on, and why; held-out documents are not among it. */
function refusedOf({ licences, train }: ChosenTexts, drawn: number) {
  const byLicence = licences.flatMap(({ licence, samples, allowed }) => {
    const why = `licence ${licence} does not allow that a model learns from it whose answers are sold`
    return allowed ? [] : [{ why, code: 'tools/licence', samples }]
  })
  const left = train.length - drawn
  const why = 'not drawn: more than the recipe, or you, asked for'
  return left > 0 ? [...byLicence, { why, code: 'tools/not-drawn', samples: left }] : byLicence
}

function largestOf(samples: readonly Sample[]) {
  return [...Map.groupBy(samples, ({ payee }) => payee)]
    .map(([payee, own]) => ({ payee, samples: own.length }))
    .toSorted((a, b) => b.samples - a.samples || (a.payee < b.payee ? -1 : 1))
    .slice(0, 3)
}
