import { digestText } from '../kernel/index.ts'
import { checkInput, recipeEnded, type RecipeRun } from '../recipes/running/index.ts'
import { keepRecipe, recipeShelf } from './recipes/recipeShelf.ts'
import type { Run } from './runTool.ts'
import type { runRecipe } from './runRecipe.ts'

/** The run's id is made of the effect key, so a call that is repeated waits for the run that it began before. */
export const run: Run<typeof runRecipe> = async ({ with: given, wait, ...wish }, ctx) => {
  const { workflows, call } = ctx
  const meant = (await recipeShelf(ctx)).meant(wish)
  const { document, digest } = meant
  const input = checkInput(document, given)
  const version = await keepRecipe(ctx, meant)
  const workflow = `recipe/${document.recipe}/${digestText(call.effectKey ?? '').slice(2, 14)}`
  const args: RecipeRun = { document, digest, input, cause: { by: 'hand' } }
  await workflows.start('recipe', workflow, [args], { memo: { recipe: document.recipe, digest } })
  const begun = { workflow, recipe: document.recipe, version, digest }
  if (!wait) return { ...begun, state: 'running', steps: [], output: {} }
  const { steps, output } = recipeEnded.parse(await workflows.result(workflow))
  return { ...begun, state: 'ended', steps, output }
}
