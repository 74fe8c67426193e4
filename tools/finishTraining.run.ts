import { canonicalBytes, digestRoot, type Digest } from '../kernel/index.ts'
import { dropScratch, finishRun, recipeDigest, writePeft } from '../models/index.ts'
import { finishRun as closeRun, getAdapter, getRun, saveAdapter } from '../store/index.ts'
import type { ToolContext } from './context.ts'
import { adapterFolder } from './ensureAdapter.ts'
import type { finishTraining } from './finishTraining.ts'
import type { Run } from './runTool.ts'
import { cardOf } from './training/cardOf.ts'
import { checkGpuMade } from './training/checkGpuMade.ts'
import { lossCurveFile, writeLossCurve } from './training/writeLossCurve.ts'
import { openRunOf } from './training/openRunOf.ts'
import { publishedStep } from './training/publishedStep.ts'
import { readTrainingCard } from './training/readTrainingCard.ts'
import { storeInfluence } from './training/storeInfluence.ts'
import { storePath } from './training/storePath.ts'
import { appendTrainingEvent } from './training/trainingEvents.ts'
import { writeTexts } from './training/writeTexts.ts'

const parts = 4

/** Files first, then the record of the adapter, then the scratch goes: a run that was cut finds what it needs, or what it made. */
export const run: Run<typeof finishTraining> = async ({ run: id, made: byGpu }, ctx) => {
  const { adapter: made } = await getRun(ctx.store, { id })
  if (made !== null) return outcome(ctx, id, made)
  const { store, blobs, engine, call, now } = ctx
  const { plan, run: opened } = await openRunOf(ctx, id)
  const { step, stepsTrained, stateDigest } = await publishedStep(ctx, id, opened)
  call.heartbeat?.({ step: 'held-out loss', done: 0, of: parts })
  const finished = await finishRun(engine, opened, { step, stateDigest })
  checkGpuMade(
    'adapters',
    byGpu,
    finished.adapters.map(({ digest }) => digest),
  )
  const [main, ...without] = finished.adapters
  if (!main) throw new Error('a run has a main adapter')
  call.heartbeat?.({ step: 'adapters', done: 1, of: parts })
  const { digest } = await writePeft({ layout: opened.layout, theta: main.theta }, adapterFolder(ctx, main.digest), {
    baseName: engine.base.name,
  })
  const counterfactuals: Digest[] = []
  for (const { theta } of without) counterfactuals.push(await blobs.put(bytesOf(theta)))
  call.heartbeat?.({ step: 'sample influence', done: 2, of: parts })
  const influence = await storeInfluence(ctx, opened, step)
  const path = await storePath(ctx, opened, step)
  call.heartbeat?.({ step: 'texts before and after', done: 3, of: parts })
  const texts = await writeTexts(ctx, { run: id, adapter: digest, plan })
  const content = await cardOf(ctx, plan, opened, {
    id,
    finished,
    step,
    stepsTrained,
    counterfactuals,
    influence,
    path,
    texts,
  })
  const card = await blobs.put(canonicalBytes(content))
  await writeLossCurve(ctx, digest, plan, finished)
  const { heldOutLossBeforeMicroNats, heldOutLossAfterMicroNats } = content
  await saveAdapter(store, {
    digest,
    base: plan.base,
    datanet: plan.datanetRoot,
    recipe: recipeDigest(plan.recipe),
    counterfactualRoot: digestRoot(counterfactuals),
    cardDigest: card,
    heldOutLossBeforeMicroNats,
    heldOutLossAfterMicroNats,
    run: id,
    files: {
      card,
      plan: id,
      influence,
      path,
      texts,
      ...Object.fromEntries(counterfactuals.map((blob, i) => [`counterfactual/${i}`, blob])),
    },
    atMs: now(),
  })
  await closeRun(store, { id, adapter: digest, atMs: now() })
  await dropScratch(opened)
  call.heartbeat?.({ step: 'finished', done: parts, of: parts })
  return outcome(ctx, id, digest)
}

async function outcome(ctx: ToolContext, run: Digest, digest: Digest) {
  const adapter = await getAdapter(ctx.store, { digest })
  const { counterfactualRoot, files, cardDigest, heldOutLossBeforeMicroNats, heldOutLossAfterMicroNats } = adapter
  const { steps } = await readTrainingCard(ctx, cardDigest)
  await appendTrainingEvent(ctx, run, 'finished', {
    kind: 'finished',
    body: { adapter: digest, card: cardDigest, step: steps, heldOutLossBeforeMicroNats, heldOutLossAfterMicroNats },
  })
  return {
    run,
    adapter: digest,
    adapterSet: counterfactualRoot,
    influence: files['influence'] as Digest,
    card: cardDigest,
    steps,
    heldOutLossBeforeMicroNats,
    heldOutLossAfterMicroNats,
    lossCurve: lossCurveFile(ctx, digest),
  }
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
