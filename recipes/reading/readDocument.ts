import type { Path, Place, RecipeSource } from './problem.ts'

/**
 * A recipe that came as an object, such as one of defineRecipe. `places` tells where the parts of it were written: a path as
 * `steps.0.with`, then `line:column`; what is not in it is where its nearest parent is.
 */
export function readDocument(
  value: unknown,
  name: string,
  places: Readonly<Record<string, string>> = {},
): RecipeSource {
  return { name, value, locate: (path) => nearest(path, places) }
}

function nearest(path: Path, places: Readonly<Record<string, string>>): Place {
  for (let length = path.length; length >= 0; length--) {
    const found = /^(\d+):(\d+)$/.exec(places[path.slice(0, length).join('.')] ?? '')
    if (found) return { line: Number(found[1]), column: Number(found[2]) }
  }
  return { line: 1, column: 1 }
}
