import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { TributaryError } from '../../kernel/index.ts'
import { trainAdapter } from '../../tools/definitions.ts'

const largest = 100_000

/**
 * What --recipe names: a recipe that comes with the project, or a file of your own in YAML or JSON. Its fields are checked by
 * the server. Throws cli/no-recipe, cli/recipe-file.
 */
export function readRecipe(given: string): { recipe: string } | { recipeDocument: Record<string, unknown> } {
  const named = trainAdapter.input.shape.recipe.safeParse(given)
  if (named.success) return { recipe: named.data }
  const document = parseText(given, readText(given))
  if (typeof document === 'object' && document !== null && !Array.isArray(document))
    return { recipeDocument: document as Record<string, unknown> }
  throw unreadable(given, 'it holds no fields')
}

function readText(file: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length <= largest) return text
  } catch (cause) {
    throw new TributaryError(`${file} is neither the name of a recipe nor a file that can be read.`, {
      code: 'cli/no-recipe',
      facts: { given: file, reason: (cause as NodeJS.ErrnoException).code ?? '' },
      tryThis: 'name quick, balanced or thorough, or a YAML or JSON file',
    })
  }
  throw unreadable(file, `it is longer than ${largest} characters`)
}

/** JSON is YAML too, so one parser reads both; it names line and column. */
function parseText(file: string, text: string): unknown {
  try {
    // No alias may be expanded: a recipe needs none, and a few lines of them can fill the memory.
    return parse(text, { maxAliasCount: 0, prettyErrors: true })
  } catch (cause) {
    throw unreadable(file, cause instanceof Error ? cause.message.split('\n')[0]! : '')
  }
}

function unreadable(file: string, reason: string): TributaryError {
  return new TributaryError('The recipe file cannot be read as YAML or JSON.', {
    code: 'cli/recipe-file',
    facts: { file, reason },
    tryThis: 'copy models/train/recipes/quick.json and change single fields',
  })
}
