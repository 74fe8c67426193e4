import { z } from 'zod'
import { inputTypes } from '../running/index.ts'

/** What is written in a recipe, field by field; what the fields mean together is checked after it. */
const values = z.record(z.string(), z.unknown())
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a name is small letters, digits and hyphens, at most 63')
const id = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'an id is small letters, digits and underscores, at most 40')

const called = z.strictObject({
  tool: z.string().optional(),
  agent: z.string().optional(),
  recipe: z.string().optional(),
  with: values.optional(),
})
const step = called.extend({
  id: id.optional(),
  wait: z.string().optional(),
  when: z.string().optional(),
  foreach: z.string().optional(),
  width: z.int().min(1).max(16).optional(),
  timeout: z.string().optional(),
  undo: called.optional(),
})
export type SourceCall = z.infer<typeof called>
export type SourceStep = z.infer<typeof step>

const field = z.preprocess(
  (written) => (typeof written === 'string' ? { type: written } : written),
  z.strictObject({ type: z.enum(inputTypes), default: z.unknown().optional(), about: z.string().max(300).optional() }),
)
const trigger = z.strictObject({
  schedule: z.string().optional(),
  every: z.string().optional(),
  event: z.string().optional(),
  zone: z.string().optional(),
  with: values.optional(),
})
export type SourceTrigger = z.infer<typeof trigger>

export const sourceShape = z.strictObject({
  recipe: name,
  summary: z.string().min(1).max(500),
  on: z.array(trigger).max(10).default([]),
  input: z.record(id, field).default({}),
  steps: z
    .array(step.extend({ parallel: z.array(step).min(1).max(16).optional() }))
    .min(1)
    .max(50),
  output: values.default({}),
})
export type SourceShape = z.output<typeof sourceShape>
