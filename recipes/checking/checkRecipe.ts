import { canonicalText, digestOf } from '../../kernel/index.ts'
import type { Problem, RecipeSource } from '../reading/problem.ts'
import { isOfType, type InputField, type RecipeDocument, type Template } from '../running/index.ts'
import type { CheckInner } from './checkCall.ts'
import { report, type Checking, type ScopeSchema } from './checking.ts'
import { checkSteps } from './checkSteps.ts'
import { checkTriggers } from './checkTriggers.ts'
import { compileValue } from './compileValue.ts'
import { objectOf, schemaOfType } from './jsonSchema.ts'
import type { Checked, Known } from './known.ts'
import { sourceShape, type SourceShape } from './sourceShape.ts'

const largest = 96 * 1024

/**
 * Checks a recipe against what it names before anything runs: shape, schedules, events, tools, agents and recipes, every argument,
 * every reference and what it leads to. Gives the document, with recipes that it calls inside, or all problems, each with its
 * line and column.
 */
export function checkRecipe(source: RecipeSource, known: Known): { checked?: Checked; problems: Problem[] } {
  return checkWithin(source, known, [])
}

function checkWithin(source: RecipeSource, known: Known, trail: readonly string[]) {
  const parsed = sourceShape.safeParse(source.value)
  const problems: Problem[] = []
  if (!parsed.success) {
    const checking: Checking = { source, known, trail, problems }
    for (const issue of parsed.error.issues) {
      const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
      if (issue.code !== 'unrecognized_keys') report(checking, shapeless(path.join('.'), issue.message), path)
      else for (const key of issue.keys) report(checking, stranger([...path, key].join('.')), [...path, key], 'key')
    }
    return { problems }
  }
  const written = parsed.data
  const checking: Checking = { source, known, trail: [...trail, written.recipe], problems }
  const checkInner: CheckInner = (inner, { trail }) => checkWithin(inner, known, trail)
  const document = documentOf(checking, written, checkInner)
  if (problems.length > 0) return { problems }
  const { length } = canonicalText(document)
  if (length > largest) report(checking, tooLarge(length), [])
  return problems.length > 0 ? { problems } : { checked: { document, digest: digestOf(document) }, problems }
}

function documentOf(checking: Checking, written: SourceShape, checkInner: CheckInner): RecipeDocument {
  const input = checkFields(checking, written.input)
  const first: ScopeSchema = {
    type: 'object',
    properties: {
      input: objectOf(Object.fromEntries(Object.entries(input).map(([name, { type }]) => [name, schemaOfType[type]]))),
      steps: objectOf({}),
      run: objectOf({ id: { type: 'string' } }),
    },
  }
  const { steps, scope } = checkSteps(checking, written.steps, first, checkInner)
  const output = Object.entries(written.output).map(
    ([name, value]) => [name, compileValue(checking, value, ['output', name], scope).template] as const,
  )
  return {
    v: 1,
    recipe: written.recipe,
    summary: written.summary,
    on: checkTriggers(checking, written.on, input),
    input,
    steps,
    output: Object.fromEntries(output),
  }
}

function checkFields(checking: Checking, written: SourceShape['input']): Record<string, InputField> {
  const nothing: ScopeSchema = { type: 'object', properties: {} }
  return Object.fromEntries(
    Object.entries(written).map(([name, { type, default: usual, about }]) => {
      const path = ['input', name, 'default']
      let value: Template | undefined
      if (usual !== undefined) {
        if (!isOfType(usual, type)) report(checking, badDefault(name, type), path)
        value = compileValue(checking, usual, path, nothing).template
      }
      return [name, { type, ...(value !== undefined && { default: value }), ...(about !== undefined && { about }) }]
    }),
  )
}

const shapeless = (at: string, reason: string) => ({
  code: 'recipe/shape' as const,
  message: `${at || 'The recipe'} is not as it must be: ${reason.replace(/^Invalid input: /, '')}.`,
  tryThis: 'docs/recipes.md shows a whole recipe; tributary recipe list --json shows those that come along',
})
const stranger = (at: string) => ({
  code: 'recipe/unknown-field' as const,
  message: `A recipe has no field ${at}.`,
  tryThis: 'look for a misspelt name; what a tool is given belongs under with',
})
const badDefault = (name: string, type: string) => ({
  code: 'recipe/default' as const,
  message: `The default of ${name} is no ${type}.`,
  tryThis: 'change the type, or the default',
})
const tooLarge = (characters: number) => ({
  code: 'recipe/too-large' as const,
  message: `The recipe is ${characters} characters with the recipes that it calls, and ${largest} is the most.`,
  tryThis: 'split it: a recipe can be started by an event that another one leads to',
})
