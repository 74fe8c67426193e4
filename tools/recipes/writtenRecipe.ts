import { z } from 'zod'
import { digestString } from '../../kernel/index.ts'

/** A recipe as it was written: YAML or JSON as text, or the object that defineRecipe made. */
export const writtenRecipe = z.object({
  file: z.string().max(300).default('recipe').describe('what problems call it'),
  yaml: z.string().max(65_536).optional().describe('YAML or JSON'),
  document: z.looseObject({}).optional().describe('the same as an object'),
  places: z.record(z.string(), z.string()).optional().describe('line:column of the parts of an object, by their path'),
})
export type WrittenRecipe = z.output<typeof writtenRecipe>

/** Which recipe a call means. */
export const recipeWish = z.object({
  recipe: z.string().max(100).optional().describe('name of one that is known here; name@2 is its second version'),
  written: writtenRecipe.optional().describe('or the recipe itself'),
  also: z.array(writtenRecipe).max(20).default([]).describe('recipes that it calls and that are not known here'),
})

export const recipeProblem = z.object({
  code: z.string(),
  message: z.string(),
  line: z.int(),
  column: z.int(),
  tryThis: z.string(),
})

export const runningRecipe = z.object({
  workflow: z.string(),
  digest: digestString,
  version: z.int().nullable().describe('null: of before what is stored here'),
  startedAt: z.string().describe('ISO 8601'),
})

export const recipeSchedule = z.object({
  id: z.string(),
  when: z.string(),
  paused: z.boolean(),
  next: z.array(z.string()).describe('the next runs, ISO 8601'),
})
