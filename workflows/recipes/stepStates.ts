import type { RecipeDocument, StepState } from '../../recipes/running/index.ts'

/** How far each step of a run is, in the order in which the recipe has them. */
export type StepStates = {
  set: (id: string, state: StepState) => void
  of: (id: string) => StepState | undefined
  list: () => { id: string; state: StepState }[]
}

export function stepStates({ steps }: RecipeDocument): StepStates {
  const flat = steps.flatMap((step) => ('parallel' in step ? step.parallel : [step]))
  const states = new Map<string, StepState>(flat.map(({ id }) => [id, 'waiting']))
  return {
    set: (id, state) => void states.set(id, state),
    of: (id) => states.get(id),
    list: () => [...states].map(([id, state]) => ({ id, state })),
  }
}
