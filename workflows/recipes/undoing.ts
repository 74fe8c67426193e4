import type { RecipeCall } from '../../recipes/running/index.ts'
import { callStep } from './callStep.ts'
import type { StepStates } from './stepStates.ts'

type Undo = { id: string; step: string; call: RecipeCall; input: Record<string, unknown> }

/** What takes the steps of a run back. */
export type Undoing = {
  /** Before a step begins: one that is cut in the middle is taken back too. */
  register: (undo: Undo) => void
  /** All that was registered, the last first, each once. One that fails keeps none of the others from running. */
  run: (states: StepStates) => Promise<{ undone: string[]; notUndone: string[] }>
}

const timeoutMs = 12 * 3_600_000

export function undoing(recipe: string): Undoing {
  const registered: Undo[] = []
  return {
    register: (undo) => void registered.push(undo),
    run: async (states) => {
      const [undone, notUndone]: [string[], string[]] = [[], []]
      for (const { id, step, call, input } of registered.splice(0).toReversed()) {
        try {
          await callStep(call, { recipe, step: `${step}/undo`, timeoutMs }, input)
          undone.push(step)
          if (states.of(id) !== 'not undone') states.set(id, 'undone')
        } catch {
          // Its own failure is in the history; whoever reads the run's is told that this is left to be taken back by hand.
          notUndone.push(step)
          states.set(id, 'not undone')
        }
      }
      return { undone, notUndone }
    },
  }
}
