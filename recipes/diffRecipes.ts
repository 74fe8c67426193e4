import { canonicalText } from '../kernel/index.ts'
import type { RecipeDocument, RecipeStep } from './running/index.ts'

/** One difference between two versions of a recipe; values as JSON, null where there is none. */
export type RecipeChange = { at: string; from: string | null; to: string | null }

/** What differs, field by field; steps are told by their ids, so one that only moved is said to be moved. */
export function diffRecipes(from: RecipeDocument, to: RecipeDocument): RecipeChange[] {
  const changes: RecipeChange[] = []
  compare('', shown(from), shown(to), changes)
  const [before, after] = [idsOf(from), idsOf(to)].map((ids) =>
    ids.filter((id) => idsOf(from).includes(id) && idsOf(to).includes(id)),
  )
  if (String(before) !== String(after))
    changes.push({ at: 'order of steps', from: (before ?? []).join(', '), to: (after ?? []).join(', ') })
  return changes
}

function shown({ recipe, summary, on, input, output, steps }: RecipeDocument): Record<string, unknown> {
  const flat = steps.flatMap((step) =>
    'parallel' in step ? step.parallel.map((one) => ({ ...one, beside: idsIn([step]).join(', ') })) : [step],
  )
  return { recipe, summary, on, input, output, steps: Object.fromEntries(flat.map((step) => [step.id, briefly(step)])) }
}

/** A recipe inside is told by its digest, and what a step needs by its references. */
function briefly(step: object): unknown {
  return JSON.parse(
    JSON.stringify(step, (key, value: unknown) => (key === 'document' || key === 'needs' ? undefined : value)),
  )
}

const idsIn = (steps: readonly RecipeStep[]) =>
  steps.flatMap((step) => ('parallel' in step ? step.parallel : [step])).map(({ id }) => id)
const idsOf = ({ steps }: RecipeDocument) => idsIn(steps)

function compare(at: string, from: unknown, to: unknown, changes: RecipeChange[]): void {
  if (isObject(from) && isObject(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)]))
      compare(at === '' ? key : `${at}.${key}`, from[key], to[key], changes)
    return
  }
  const [before, after] = [textOf(from), textOf(to)]
  if (before !== after) changes.push({ at, from: before, to: after })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOf = (value: unknown) => (value === undefined ? null : canonicalText(value))
