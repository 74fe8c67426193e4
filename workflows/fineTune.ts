import { defineQuery, setHandler } from '@temporalio/workflow'
import type { z } from 'zod'
import type { trainAdapter } from '../tools/definitions.ts'
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
 * From a Datanet version to an adapter on sale: plan, train block by block, finish, register.
 * Each block leaves its checkpoint's digest in the history, which is how an audit knows what to expect.
 */
export async function fineTune(input: z.input<typeof trainAdapter.input>): Promise<FineTuned> {
  const losses: number[] = []
  setHandler(trainingLosses, () => losses)
  const plan = await step.plan_training(input)
  for (const { from, to } of plan.blocks) {
    const block = await longStep.train_block({ run: plan.run, from, to })
    losses.push(...block.lossesMicroNats)
  }
  const { run, adapter, adapterSet, heldOutLossBeforeMicroNats, heldOutLossAfterMicroNats, lossCurve } =
    await longStep.finish_training({ run: plan.run })
  await step.register_adapter({ run })
  return {
    run,
    adapter,
    adapterSet,
    steps: plan.steps,
    payees: plan.payees,
    groups: plan.groups,
    heldOutLossBeforeMicroNats,
    heldOutLossAfterMicroNats,
    lossCurve,
  }
}
