import {
  checkRecipe,
  readDocument,
  readYaml,
  refuseProblems,
  shippedRecipe,
  shippedRecipes,
  type Checked,
  type Known,
  type Problem,
  type RecipeSource,
} from '../../recipes/index.ts'
import { recipeDocument } from '../../recipes/running/index.ts'
import { TributaryError } from '../../kernel/index.ts'
import { listRecipeVersions, saveRecipe, type RecipeRow } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { agents, definitions } from '../definitions.ts'
import type { WrittenRecipe } from './writtenRecipe.ts'

// A recipe calls another one by `recipe:`, where circles can be seen.
const { run_recipe: _, schedule_recipe: __, ...tools } = definitions

/** A recipe that is meant by a call: checked, and from where. */
export type Meant = Checked & { origin: RecipeRow['origin']; version: number | null }

/** The recipes that a home knows: those that come along, and its own, which take the place of one of the same name. */
export type RecipeShelf = {
  names: () => string[]
  /** The version that a name means, or `name@2`. Throws recipe/unknown, and what is wrong with one that comes along. */
  named: (name: string) => Meant
  /** Checks what was written, beside others that it may call. */
  check: (
    written: WrittenRecipe,
    also?: readonly WrittenRecipe[],
  ) => { checked?: Checked; problems: Problem[]; source: string }
  /** One that is to be used: named or written. Throws recipe/unclear, and the first problem with all of them. */
  meant: (wish: {
    recipe?: string | undefined
    written?: WrittenRecipe | undefined
    also: readonly WrittenRecipe[]
  }) => Meant
  /** Every version that was used, oldest first. */
  versions: (name: string) => RecipeRow[]
  versionOf: (name: string, digest: string) => number | null
}

export async function recipeShelf({ store }: Pick<ToolContext, 'store'>): Promise<RecipeShelf> {
  const rows = await listRecipeVersions(store, {})
  const versions = (name: string) => rows.filter((row) => row.name === name)
  const own = (name: string) => versions(name).findLast(({ origin }) => origin === 'own')
  const knowing = (also: readonly RecipeSource[]): Known => ({
    tools,
    agents,
    recipe: (name) => {
      const given = also.find(({ value }) => (value as { recipe?: unknown } | null)?.recipe === name)
      const row = own(name)
      return given ?? (row && checkedOf(row)) ?? shippedRecipe(name)
    },
  })
  const named = (name: string): Meant => {
    const [, plain = '', number] = /^(.*?)(?:@(\d{1,6}))?$/.exec(name) ?? []
    if (number !== undefined) {
      const row = versions(plain).find(({ version }) => version === Number(number))
      if (row === undefined)
        throw unknown(
          name,
          versions(plain).map(({ version }) => `${plain}@${version}`),
        )
      return { ...checkedOf(row), origin: row.origin, version: row.version }
    }
    const source = shippedRecipe(plain)
    // One that came along with an earlier release is still known where it was used.
    const row = own(plain) ?? (source === undefined ? versions(plain).at(-1) : undefined)
    if (row !== undefined) return { ...checkedOf(row), origin: row.origin, version: row.version }
    if (source === undefined) throw unknown(name, names())
    const { checked, problems } = checkRecipe(source, knowing([]))
    if (checked === undefined) return refuseProblems(source.name, problems)
    return { ...checked, origin: 'shipped', version: versionOf(plain, checked.digest) }
  }
  const names = () => [...new Set([...shippedRecipes(), ...rows.map(({ name }) => name)])].toSorted()
  const versionOf = (name: string, digest: string) =>
    versions(name).find((row) => row.digest === digest)?.version ?? null
  const check: RecipeShelf['check'] = (written, also = []) => {
    const [source, ...others] = [written, ...also].map(readWritten)
    for (const one of [...others, source!])
      if ('problems' in one) return { problems: one.problems, source: written.file }
    const sources = others as RecipeSource[]
    return { ...checkRecipe(source as RecipeSource, knowing(sources)), source: written.file }
  }
  return {
    names,
    named,
    check,
    versions,
    versionOf,
    meant: ({ recipe, written, also }) => {
      if ((recipe === undefined) === (written === undefined)) throw unclear()
      if (written === undefined) return named(recipe!)
      const { checked, problems, source } = check(written, also)
      if (checked === undefined) return refuseProblems(source, problems)
      return { ...checked, origin: 'own', version: versionOf(checked.document.recipe, checked.digest) }
    },
  }
}

/** Keeps the version that is used, and returns its number. */
export async function keepRecipe({ store, now }: ToolContext, { document, digest, origin }: Meant): Promise<number> {
  const text = JSON.stringify(document)
  return (await saveRecipe(store, { name: document.recipe, digest, origin, document: text, atMs: now() })).version
}

export function checkedOf({ document, digest }: RecipeRow): Checked {
  return { document: recipeDocument.parse(JSON.parse(document)), digest }
}

function readWritten({ file, yaml, document, places }: WrittenRecipe): RecipeSource | { problems: Problem[] } {
  if ((yaml === undefined) === (document === undefined)) throw unclear()
  return yaml === undefined ? readDocument(document, file, places) : readYaml(yaml, file)
}

function unknown(recipe: string, known: string[]): TributaryError {
  return new TributaryError(`There is no recipe ${recipe.slice(0, 80)} here.`, {
    code: 'recipe/unknown',
    facts: { recipe: recipe.slice(0, 80), known },
    tryThis: 'tributary recipe list shows those that there are; a file of your own is given by its path',
  })
}

function unclear(): TributaryError {
  return new TributaryError('It is not clear which recipe is meant.', {
    code: 'recipe/unclear',
    tryThis: 'give either its name, or one recipe as yaml or as document',
  })
}
