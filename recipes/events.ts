import { z } from 'zod'
import { digestString } from '../kernel/index.ts'

/**
 * What happens in a home that a recipe can begin by, with what is told of it. Each is read from what the home keeps, so that one that
 * happened while nothing ran is told at the next start.
 */
export const recipeEvents = {
  contribution_arrived: {
    summary: 'A batch of samples is on chain and revealed in a Datanet, by import or by a contributor.',
    fields: z.object({ datanet: z.string(), batchRoot: digestString, samples: z.int() }),
  },
  version_published: {
    summary: 'A version of a Datanet is on chain.',
    fields: z.object({ datanet: z.string(), version: z.int(), root: digestString }),
  },
  adapter_registered: {
    summary: 'An adapter is on chain with its card.',
    fields: z.object({ adapter: digestString, datanetRoot: digestString }),
  },
  epoch_final: {
    summary: 'The reward root of an epoch is final: its challenge window is over.',
    fields: z.object({ epoch: z.int(), root: digestString }),
  },
} as const

export type RecipeEvent = keyof typeof recipeEvents

export function isRecipeEvent(name: string): name is RecipeEvent {
  return Object.hasOwn(recipeEvents, name)
}
