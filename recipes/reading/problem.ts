/** A place in a recipe's source, counted from 1. */
export type Place = { line: number; column: number }

/** Something that keeps a recipe from running, with where it stands. */
export type Problem = Place & { code: `recipe/${string}`; message: string; tryThis: string }

/** Keys and positions that lead to a value of the source. */
export type Path = readonly (string | number)[]

/** A recipe as it was written, before it is checked, and how to find what stands at a path. */
export type RecipeSource = {
  /** A file, or a name for what came by no file: for messages. */
  name: string
  value: unknown
  /** `key`: where the name of a field stands; else where its value begins. What is missing is at its parent. */
  locate: (path: Path, part?: 'key') => Place
}
