import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { refuseProblems } from './checking/refuseProblems.ts'
import type { RecipeSource } from './reading/problem.ts'
import { readYaml } from './reading/readYaml.ts'

const folder = fileURLToPath(new URL('shipped/', import.meta.url))

/** Names of the recipes that come along. */
export function shippedRecipes(): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
  return files.map((file) => file.replace('.yaml', '')).toSorted()
}

/** One of them as it was written; undefined for any other name. */
export function shippedRecipe(name: string): RecipeSource | undefined {
  if (!shippedRecipes().includes(name)) return undefined
  const source = readYaml(readFileSync(`${folder}${name}.yaml`, 'utf8'), `${name}.yaml`)
  return 'problems' in source ? refuseProblems(`${name}.yaml`, source.problems) : source
}
