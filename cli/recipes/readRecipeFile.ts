import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findError, TributaryError } from '../../kernel/index.ts'
import type { DefinedRecipe } from '../../recipes/index.ts'

/** A recipe as the tools take it: text, or the object of a typed one with the places of its parts. */
export type WrittenRecipe =
  | { file: string; yaml: string }
  | { file: string; document: Record<string, unknown>; places: Record<string, string> }

/** What is a file's name: it has a folder or an ending. Anything else names a recipe that the server knows. */
export function isRecipeFile(given: string): boolean {
  return /[/\\]/.test(given) || /\.(ya?ml|json|ts|mts|js|mjs)$/.test(given)
}

/**
 * A recipe out of a file: YAML or JSON as it is, TypeScript or JavaScript by running it, which is the operator's own code; its default
 * export is what defineRecipe returned. Throws recipe/no-file, recipe/no-export.
 */
export async function readRecipeFile(file: string): Promise<WrittenRecipe> {
  if (/\.(ya?ml|json)$/.test(file)) return { file, yaml: await textOf(file) }
  await textOf(file)
  const { recipe, source, places } = await exportOf(file)
  if (typeof recipe !== 'string' || typeof source !== 'object') throw noExport(file, 'it is not of defineRecipe')
  return { file, document: source, places }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new TributaryError(`${file} cannot be read.`, {
      code: 'recipe/no-file',
      facts: { file, reason: (cause as NodeJS.ErrnoException).code ?? '' },
      tryThis: 'name a YAML, JSON or TypeScript file; tributary recipe list shows recipes that need no file',
    })
  }
}

async function exportOf(file: string): Promise<DefinedRecipe> {
  try {
    const made = (await import(pathToFileURL(resolve(file)).href)) as { default?: DefinedRecipe }
    if (made.default) return made.default
  } catch (cause) {
    throw findError(cause) ?? noExport(file, cause instanceof Error ? cause.message : String(cause))
  }
  throw noExport(file, 'it has no default export')
}

function noExport(file: string, reason: string): TributaryError {
  return new TributaryError(`${file} gives no recipe.`, {
    code: 'recipe/no-export',
    facts: { file, reason: reason.slice(0, 300) },
    tryThis: 'write export default defineRecipe({ … }, (recipe) => { … })',
  })
}
