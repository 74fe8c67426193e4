import {
  checkRecipe,
  readDocument,
  readYaml,
  shippedRecipe,
  type Problem,
  type RecipeSource,
} from '../../recipes/index.ts'
import { agents, definitions } from '../../tools/definitions.ts'
import { readRecipeFile, type WrittenRecipe } from './readRecipeFile.ts'

export type CheckedFile = { file: string; recipe: string | null; digest: string | null; problems: Problem[] }

/**
 * Checks recipe files with no server: they may call each other, and those that come along. What only the server knows, such as
 * recipes that were used there, is checked there again before a run.
 */
export async function checkFiles(files: readonly string[]): Promise<CheckedFile[]> {
  const read: { file: string; source: RecipeSource | { problems: Problem[] } }[] = []
  for (const file of files) read.push({ file, source: sourceOf(await readRecipeFile(file)) })
  const recipe = (name: string): RecipeSource | undefined => {
    const given = read.flatMap(({ source }) => ('problems' in source ? [] : [source]))
    return given.find(({ value }) => (value as { recipe?: unknown } | null)?.recipe === name) ?? shippedRecipe(name)
  }
  return read.map(({ file, source }) => {
    if ('problems' in source) return { file, recipe: null, digest: null, problems: source.problems }
    const { checked, problems } = checkRecipe(source, { tools: definitions, agents, recipe })
    return { file, recipe: checked?.document.recipe ?? null, digest: checked?.digest ?? null, problems }
  })
}

function sourceOf(written: WrittenRecipe): RecipeSource | { problems: Problem[] } {
  return 'yaml' in written
    ? readYaml(written.yaml, written.file)
    : readDocument(written.document, written.file, written.places)
}
