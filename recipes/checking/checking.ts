import type { Path, Problem, RecipeSource } from '../reading/problem.ts'
import type { JsonSchema } from './jsonSchema.ts'
import type { Known } from './known.ts'

/** One recipe that is being checked: where it was written, what it can name, and what was found wrong with it so far. */
export type Checking = {
  source: RecipeSource
  known: Known
  /** Names of the recipes that led here, the outermost first, with this one. */
  trail: readonly string[]
  problems: Problem[]
}

/** What references can lead to at one point of a recipe, as one schema of an object. */
export type ScopeSchema = JsonSchema & { properties: Record<string, JsonSchema> }

export function report(
  { source, problems }: Checking,
  found: { code: `recipe/${string}`; message: string; tryThis: string },
  path: Path,
  part?: 'key',
): void {
  problems.push({ ...found, ...source.locate(path, part) })
}
