import { TributaryError } from '../kernel/index.ts'
import { recipeProgress } from '../recipes/running/index.ts'
import { recipeShelf } from './recipes/recipeShelf.ts'
import type { recipeStatus } from './recipeStatus.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof recipeStatus> = async ({ workflow }, ctx) => {
  const { workflows } = ctx
  const described = await workflows.describe(workflow)
  if (described === undefined) throw unknown(workflow)
  const { recipe, digest, steps } = recipeProgress.parse(await workflows.query(workflow, 'recipeProgress'))
  const version = (await recipeShelf(ctx)).versionOf(recipe, digest)
  return { workflow, status: described.status, recipe, digest, version, steps }
}

function unknown(workflow: string): TributaryError {
  return new TributaryError('There is no run of this id.', {
    code: 'recipe/unknown-run',
    facts: { workflow },
    tryThis: 'tributary recipe list shows what runs',
  })
}
