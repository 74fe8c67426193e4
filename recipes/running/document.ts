import { z } from 'zod'
import { digestString, type Digest } from '../../kernel/index.ts'

/**
 * A value of a recipe with its references compiled: `{ $ref }` stands for what lies at a path of the scope, `{ $text }` for a
 * text with references in it, `{ $number }` for a number that is no integer, which canonical JSON has no form for.
 */
export type Template = null | boolean | number | string | Template[] | { [key: string]: Template }

/** What a step does: one call of a tool, an agent or another recipe, which is carried along whole. */
export type RecipeCall =
  | { kind: 'tool' | 'agent'; name: string; with: Template }
  | { kind: 'recipe'; name: string; with: Template; digest: Digest; document: RecipeDocument }

export const operators = ['==', '!=', '<', '<=', '>', '>='] as const
export type Condition = { left: Template; operator: (typeof operators)[number]; right: Template }

export type CallStep = {
  id: string
  call: RecipeCall
  /** Registered before the step begins, and run when a later step fails, or this one. */
  undo?: RecipeCall | undefined
  when?: Condition | undefined
  /** Once for each item of a list, `width` at a time. */
  foreach?: { list: Template; width: number } | undefined
  timeoutMs: number
  /** Steps that it refers to: where one was skipped, it is too. */
  needs: string[]
}
export type WaitStep = { id: string; waitMs: number; when?: Condition | undefined; needs: string[] }
export type ParallelStep = { parallel: (CallStep | WaitStep)[] }
export type RecipeStep = CallStep | WaitStep | ParallelStep

export const inputTypes = ['string', 'integer', 'number', 'boolean', 'list', 'object'] as const
export type InputField = {
  type: (typeof inputTypes)[number]
  default?: Template | undefined
  about?: string | undefined
}

export type RecipeTrigger =
  | { schedule: string; zone: string; with: Template }
  | { everyMs: number; with: Template }
  | { event: string; with: Template }

/** A recipe that was checked, ready to run. Its digest names this version of it; it travels as the input of each run. */
export type RecipeDocument = {
  v: 1
  recipe: string
  summary: string
  on: RecipeTrigger[]
  input: Record<string, InputField>
  steps: RecipeStep[]
  output: Record<string, Template>
}

/** A value that canonical JSON can hold. */
const template: z.ZodType<Template> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.int(), z.string(), z.array(template), z.record(z.string(), template)]),
)
const call: z.ZodType<RecipeCall> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.enum(['tool', 'agent']), name: z.string(), with: template }),
    z.strictObject({
      kind: z.literal('recipe'),
      name: z.string(),
      with: template,
      digest: digestString,
      document: recipeDocument,
    }),
  ]),
)
const condition = z.strictObject({ left: template, operator: z.enum(operators), right: template })
const callStep = z.strictObject({
  id: z.string(),
  call,
  undo: call.optional(),
  when: condition.optional(),
  foreach: z.strictObject({ list: template, width: z.int().min(1).max(16) }).optional(),
  timeoutMs: z.int().min(1),
  needs: z.array(z.string()),
})
const waitStep = z.strictObject({
  id: z.string(),
  waitMs: z.int().min(0),
  when: condition.optional(),
  needs: z.array(z.string()),
})
const oneStep = z.union([callStep, waitStep])

export const recipeDocument: z.ZodType<RecipeDocument> = z.strictObject({
  v: z.literal(1),
  recipe: z.string(),
  summary: z.string(),
  on: z.array(
    z.union([
      z.strictObject({ schedule: z.string(), zone: z.string(), with: template }),
      z.strictObject({ everyMs: z.int().min(1), with: template }),
      z.strictObject({ event: z.string(), with: template }),
    ]),
  ),
  input: z.record(
    z.string(),
    z.strictObject({ type: z.enum(inputTypes), default: template.optional(), about: z.string().optional() }),
  ),
  steps: z.array(z.union([oneStep, z.strictObject({ parallel: z.array(oneStep) })])),
  output: z.record(z.string(), template),
})
