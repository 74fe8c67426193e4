import { defineQuery, setHandler } from '@temporalio/workflow'
import type { z } from 'zod'
import type { Digest } from '../kernel/index.ts'
import type { planTraining } from '../tools/definitions.ts'
import { gpuStep, longStep, step } from './steps.ts'

export type FineTuned = {
  run: string
  adapter: string
  adapterSet: string
  steps: number
  payees: number
  groups: number
  heldOutLossBeforeMicroNats: number
  heldOutLossAfterMicroNats: number
  lossCurve: string
}

export const trainingLosses = defineQuery<number[]>('trainingLosses')

/**
 * From a Datanet version to an adapter on sale: plan, train block by block until the end or until the recipe stops, finish,
 * register, unless whoever started it judges first what is published. Each block leaves its checkpoint's digest in the history, which is how an audit knows what to expect.
 */
export async function fineTune(
  input: z.input<typeof planTraining.input>,
  { publish = true }: { publish?: boolean } = {},
): Promise<FineTuned> {
  const losses: number[] = []
  setHandler(trainingLosses, () => losses)
  const plan = await step.plan_training(input)
  const blocks = plan.finished === null ? plan.blocks : []
  for (const { from, to } of blocks) {
    const made = plan.device === 'gpu' ? await trainOnGpu(plan.run, { from, to }) : {}
    const block = await longStep.train_block({ run: plan.run, from, to, ...made })
    losses.push(...block.lossesMicroNats)
    if (block.stop) break
  }
  const made = plan.device === 'gpu' && plan.finished === null ? await finishOnGpu(plan.run) : {}
  const finished = await longStep.finish_training({ run: plan.run, ...made })
  const { run, adapter, adapterSet, heldOutLossBeforeMicroNats, heldOutLossAfterMicroNats, lossCurve } = finished
  // Histories of the time when the last step was always the published one do not name it.
  const { steps = plan.steps } = finished as { steps?: number }
  if (publish) await step.register_adapter({ run })
  return {
    run,
    adapter,
    adapterSet,
    steps,
    payees: plan.payees,
    groups: plan.groups,
    heldOutLossBeforeMicroNats,
    heldOutLossAfterMicroNats,
    lossCurve,
  }
}

/** The worker leaves the state in the run's folder; train_block then finds the block done, compares, and stores it. */
async function trainOnGpu(run: Digest, block: { from: number; to: number }): Promise<{ made?: Digest }> {
  const { train } = await step.gpu_job({ run, block })
  return train === null ? {} : { made: (await gpuStep.gpu_train_block(train)).state }
}

async function finishOnGpu(run: Digest): Promise<{ made?: Digest[] }> {
  const { finish } = await step.gpu_job({ run })
  if (finish === null) return {}
  return { made: (await gpuStep.gpu_finish_run(finish)).adapters.map(({ digest }) => digest) }
}
