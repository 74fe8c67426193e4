import { localChainId } from '../chain/index.ts'
import { digestString, TributaryError } from '../kernel/index.ts'
import { gpuQueue } from '../models/index.ts'
import { getAdapter } from '../store/index.ts'
import type { ToolContext } from './context.ts'
import type { Run } from './runTool.ts'
import type { trainAdapter } from './trainAdapter.ts'
import { readTrainingCard } from './training/readTrainingCard.ts'
import { resolveTraining, trainingIdOf } from './training/resolveTraining.ts'
import { textSamples } from './training/trainingCard.ts'
import { lossCurveFile } from './training/writeLossCurve.ts'

export const run: Run<typeof trainAdapter> = async ({ approved, ...wish }, ctx) => {
  const { workflows, chain, store, blobs } = ctx
  if (chain.chainId !== localChainId && !approved) throw notApproved(chain.chainId)
  const request = await resolveTraining(ctx, wish)
  const training = trainingIdOf(request)
  const workflow = `train/${training}`
  if (request.device === 'gpu' && !(await workflows.describe(workflow))) await refuseWithoutGpu(workflows)
  await workflows.start('fineTune', workflow, [request])
  const result = (await workflows.result(workflow)) as { adapter: string; run: string }
  const parsed = digestString.safeParse(result.adapter)
  if (!parsed.success) {
    throw new TributaryError('The training workflow returned no adapter.', {
      code: 'tools/no-adapter',
      facts: { workflow },
      tryThis: 'look at the workflow in the Temporal UI',
    })
  }
  const { cardDigest } = await getAdapter(store, { digest: parsed.data })
  const card = await readTrainingCard(ctx, cardDigest)
  const texts = textSamples.parse(JSON.parse(new TextDecoder().decode(await blobs.get(card.texts))))
  return {
    training,
    workflow,
    run: digestString.parse(result.run),
    adapter: card.adapter,
    alias: request.alias,
    card: cardDigest,
    licences: card.licences,
    steps: card.steps,
    stepsTrained: card.stepsTrained,
    stepsPlanned: card.stepsPlanned,
    skipped: card.skipped.map(({ sample }) => sample),
    counterfactuals: card.counterfactuals,
    heldOutLossBeforeMicroNats: card.heldOutLossBeforeMicroNats,
    heldOutLossAfterMicroNats: card.heldOutLossAfterMicroNats,
    lossCurve: lossCurveFile(ctx, card.adapter),
    texts: texts.map(({ prompt, before, after }) => ({ prompt, before, after })),
  }
}

/** A training that runs already waits for its worker; one that would begin by waiting is refused. */
async function refuseWithoutGpu({ pollers }: ToolContext['workflows']): Promise<void> {
  if ((await pollers(gpuQueue)).length > 0) return
  throw new TributaryError('No GPU worker asks for work.', {
    code: 'tools/no-gpu-worker',
    facts: { taskQueue: gpuQueue },
    tryThis: 'start one on the machine with the GPU: tributary gpu (docs/gpu.md); or train without --device gpu',
  })
}

function notApproved(chainId: ToolContext['chain']['chainId']): TributaryError {
  return new TributaryError('Registering the adapter costs gas on a chain that is not your own.', {
    code: 'tools/approval-needed',
    facts: { chainId, transactions: 1 },
    tryThis: 'look at preview_training first; then say approved (tributary train --yes)',
  })
}
