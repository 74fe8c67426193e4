import type { Digest } from '../../../kernel/index.ts'

/** One version of a recipe; `document` is its canonical text. */
export type RecipeRow = {
  name: string
  version: number
  digest: Digest
  origin: 'own' | 'shipped'
  document: string
  atMs: number
}

export function recipeRow({ name, version, digest, origin, document, atMs }: RecipeRow): RecipeRow {
  return { name, version, digest, origin, document, atMs }
}
