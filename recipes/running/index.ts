// What a run needs, for the sandbox as well: documents, values, conditions. No reading and no checking.
export {
  inputTypes,
  recipeDocument,
  type Condition,
  type RecipeCall,
  type RecipeDocument,
  type RecipeStep,
  type RecipeTrigger,
  type Template,
} from './document.ts'
export type { CallStep, InputField, ParallelStep, WaitStep } from './document.ts'
export { fillTemplate, type Scope } from './fillTemplate.ts'
export { holds } from './holds.ts'
export { checkInput, isOfType } from './checkInput.ts'
export {
  recipeEnded,
  recipeProgress,
  recipeRun,
  type RecipeEnded,
  type RecipeProgress,
  type RecipeRun,
  type StepState,
} from './recipeRun.ts'
