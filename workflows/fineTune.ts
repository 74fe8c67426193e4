import { defineQuery, setHandler } from '@temporalio/workflow'
import type { z } from 'zod'
import type { planTraining } from '../tools/definitions.ts'
import { longStep, step } from './steps.ts'

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
 * register. Each block leaves its checkpoint's digest in the history, which is how an audit knows what to expect.
 */
export async function fineTune(input: z.input<typeof planTraining.input>): Promise<FineTuned> {
  const losses: number[] = []
  setHandler(trainingLosses, () => losses)
  const plan = await step.plan_training(input)
  const blocks = plan.finished === null ? plan.blocks : []
  for (const { from, to } of blocks) {
    const block = await longStep.train_block({ run: plan.run, from, to })
    losses.push(...block.lossesMicroNats)
    if (block.stop) break
  }
  const finished = await longStep.finish_training({ run: plan.run })
  const { run, adapter, adapterSet, heldOutLossBeforeMicroNats, heldOutLossAfterMicroNats, lossCurve } = finished
  // Histories of the time when the last step was always the published one do not name it.
  const { steps = plan.steps } = finished as { steps?: number }
  await step.register_adapter({ run })
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
