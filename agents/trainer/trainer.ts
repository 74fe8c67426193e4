import type { z } from 'zod'
import { trainerInput, type agents } from '../../tools/definitions.ts'
import { parseInput } from '../parseInput.ts'
import { trainerGraph } from './trainerGraph.ts'

export type TrainerResult = z.input<typeof agents.trainer.output>

/** The workflow of the trainer: an adapter within the operator's budget, published where it is better than nothing. */
export async function trainer(input: z.input<typeof trainerInput>): Promise<TrainerResult> {
  const wish = parseInput('trainer', trainerInput, input)
  const { plans, decisions, trained, alias } = await trainerGraph({ wish })
  const last = decisions.at(-1)
  return {
    outcome: trained === undefined ? 'nothing' : alias === undefined ? 'discarded' : 'published',
    reason: last?.reason ?? plans.map(({ recipe, problem }) => `${recipe}: ${problem}`).join('; '),
    considered: plans.map(({ recipe, seconds, problem }) => ({ recipe, seconds, problem })),
    recipe: decisions.find(({ about }) => about === 'recipe')?.option ?? null,
    run: trained?.run ?? null,
    adapter: trained?.adapter ?? null,
    alias: alias ?? null,
    heldOutLossBeforeMicroNats: trained?.heldOutLossBeforeMicroNats ?? null,
    heldOutLossAfterMicroNats: trained?.heldOutLossAfterMicroNats ?? null,
    decisions,
  }
}
