import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultRevenueRuleDigest } from '../attribution/index.ts'
import { canonicalBytes, digestRoot, type Digest } from '../kernel/index.ts'
import { dropScratch, finishRun, recipeDigest, writePeft, type FinishedRun } from '../models/index.ts'
import { finishRun as closeRun, getAdapter, listAdapters, listCheckpoints, saveAdapter } from '../store/index.ts'
import type { ToolContext } from './context.ts'
import { adapterFolder } from './ensureAdapter.ts'
import type { finishTraining } from './finishTraining.ts'
import type { Run } from './runTool.ts'
import { lossCurveSvg } from './training/lossCurveSvg.ts'
import { openRunOf } from './training/openRunOf.ts'
import type { RunPlan } from './training/runPlan.ts'
import { storeInfluence } from './training/storeInfluence.ts'

/** Files first, then the record of the adapter, then the scratch goes: a run that was cut finds what it needs, or what it made. */
export const run: Run<typeof finishTraining> = async ({ run: id }, ctx) => {
  const made = (await listAdapters(ctx.store, {})).find((adapter) => adapter.run === id)
  if (made) return outcome(ctx, id, made.digest)
  const { store, blobs, engine, call, now } = ctx
  const { plan, run: opened } = await openRunOf(ctx, id)
  const stateDigest = (await listCheckpoints(store, { run: id })).at(-1)?.state
  call.heartbeat?.({ step: 'held-out loss', done: 0, of: 3 })
  const finished = await finishRun(engine, opened, stateDigest === undefined ? {} : { stateDigest })
  const [main, ...without] = finished.adapters
  if (!main) throw new Error('a run has a main adapter')
  call.heartbeat?.({ step: 'adapters', done: 1, of: 3 })
  const { digest } = await writePeft({ layout: opened.layout, theta: main.theta }, adapterFolder(ctx, main.digest), {
    baseName: engine.base.name,
  })
  const counterfactuals: Digest[] = []
  for (const { theta } of without) counterfactuals.push(await blobs.put(bytesOf(theta)))
  call.heartbeat?.({ step: 'sample influence', done: 2, of: 3 })
  const influence = await storeInfluence(ctx, opened)
  const counterfactualRoot = digestRoot(counterfactuals)
  const card = await blobs.put(
    canonicalBytes(cardOf(plan, { id, finished, adapter: digest, counterfactualRoot, influence })),
  )
  await writeLossCurve(ctx, digest, plan, finished)
  await saveAdapter(store, {
    digest,
    base: plan.base,
    datanet: plan.datanetRoot,
    recipe: recipeDigest(plan.recipe),
    counterfactualRoot,
    cardDigest: card,
    heldOutLossBeforeMicroNats: Math.round(finished.heldOutLossBeforeNats * 1e6),
    heldOutLossAfterMicroNats: Math.round(finished.heldOutLossAfterNats * 1e6),
    run: id,
    files: {
      card,
      plan: id,
      influence,
      ...Object.fromEntries(counterfactuals.map((blob, i) => [`counterfactual/${i}`, blob])),
    },
    atMs: now(),
  })
  await closeRun(store, { id, adapter: digest, atMs: now() })
  await dropScratch(opened)
  call.heartbeat?.({ step: 'finished', done: 3, of: 3 })
  return outcome(ctx, id, digest)
}

async function outcome(ctx: ToolContext, run: Digest, digest: Digest) {
  const { counterfactualRoot, files, heldOutLossBeforeMicroNats, heldOutLossAfterMicroNats } = await getAdapter(
    ctx.store,
    { digest },
  )
  return {
    run,
    adapter: digest,
    adapterSet: counterfactualRoot,
    influence: files['influence'] as Digest,
    heldOutLossBeforeMicroNats,
    heldOutLossAfterMicroNats,
    lossCurve: lossCurveFile(ctx, digest),
  }
}

function cardOf(
  plan: RunPlan,
  made: { id: Digest; finished: FinishedRun; adapter: Digest; counterfactualRoot: Digest; influence: Digest },
) {
  const { finished, adapter, counterfactualRoot, influence, id } = made
  const { heldOutLossBeforeNats, heldOutLossAfterNats, state, lossesMicroNats } = finished
  return {
    v: 1,
    alias: plan.alias,
    adapter,
    base: plan.base,
    datanet: plan.datanetRoot,
    recipe: plan.recipe,
    run: id,
    steps: lossesMicroNats.length,
    samples: plan.samples.length,
    payees: new Set(plan.samples.map(({ payee }) => payee)).size,
    groups: plan.groups.length,
    heldOutLossBeforeMicroNats: Math.round(heldOutLossBeforeNats * 1e6),
    heldOutLossAfterMicroNats: Math.round(heldOutLossAfterNats * 1e6),
    counterfactualRoot,
    influence,
    finalState: state,
    attribution: 'counterfactual-linear/1+hessian-free/1',
    rule: defaultRevenueRuleDigest,
  }
}

async function writeLossCurve(ctx: ToolContext, adapter: Digest, plan: RunPlan, finished: FinishedRun): Promise<void> {
  const file = lossCurveFile(ctx, adapter)
  await mkdir(join(file, '..'), { recursive: true })
  const { lossesMicroNats, heldOutLossBeforeNats, heldOutLossAfterNats } = finished
  const title = `${plan.alias}: ${plan.samples.length} samples, adapter ${adapter.slice(0, 10)}`
  await writeFile(
    file,
    lossCurveSvg({
      title,
      lossesNats: lossesMicroNats.map((v) => v / 1e6),
      heldOutBeforeNats: heldOutLossBeforeNats,
      heldOutAfterNats: heldOutLossAfterNats,
    }),
  )
}

function lossCurveFile({ home }: ToolContext, adapter: Digest): string {
  return join(home.dir, 'pictures', `loss-${adapter.slice(2, 14)}.svg`)
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
