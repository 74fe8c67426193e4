import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import type { agents, definitions } from '../../tools/definitions.ts'
import { TributaryError } from '../../kernel/index.ts'
import type { recipeEvents } from '../events.ts'
import { referenceTo, type Given, type Reference, type References } from './reference.ts'

type Tools = typeof definitions
type Agents = typeof agents
type Events = typeof recipeEvents

type ValueOf = { string: string; integer: number; number: number; boolean: boolean; list: unknown[]; object: object }
type FieldType = keyof ValueOf
type Fields = Record<string, FieldType | { type: FieldType; default?: unknown; about?: string }>
type TypeOf<Field> = Field extends FieldType
  ? ValueOf[Field]
  : Field extends { type: infer Type extends FieldType }
    ? ValueOf[Type]
    : never

/** What begins a recipe besides a hand. `with` of an event is given what the event tells. */
type Trigger =
  | { schedule: string; zone?: string; with?: Record<string, unknown> }
  | { every: string; with?: Record<string, unknown> }
  | {
      [Event in keyof Events]: {
        event: Event
        with?: (event: References<z.output<Events[Event]['fields']>>) => Record<string, unknown>
      }
    }[keyof Events]

type Options = {
  /** What takes the step back: registered before it, run when it or a later one fails. */
  undo?: { tool?: keyof Tools; agent?: keyof Agents; recipe?: string; with?: Record<string, unknown> }
  /** A reference that must be true, or a comparison: `${plan.samples} > 0`. */
  when?: Reference<boolean> | string
  /** `30m`; twelve hours unless given. */
  timeout?: string
}

/** What a recipe's function builds with. Nothing runs: each call adds a step and returns references to what it will give. */
export type RecipeBuilder<Input extends Fields> = {
  input: { readonly [Name in keyof Input]: References<TypeOf<Input[Name]>> }
  /** Id of the run. */
  run: References<{ id: string }>
  tool: <Name extends keyof Tools>(
    id: string,
    tool: Name,
    given: Given<z.input<Tools[Name]['input']>>,
    options?: Options,
  ) => References<z.output<Tools[Name]['output']>>
  agent: <Name extends keyof Agents>(
    id: string,
    agent: Name,
    given: Given<z.input<Agents[Name]['input']>>,
    options?: Options,
  ) => References<z.output<Agents[Name]['output']>>
  recipe: (
    id: string,
    recipe: string,
    given: Record<string, unknown>,
    options?: Options,
  ) => References<Record<string, unknown>>
  /** A durable timer. */
  wait: (id: string, duration: string, options?: Pick<Options, 'when'>) => void
  /** The one step that `make` adds, once for each item of a list, `width` at a time. */
  each: <Item, Out>(
    list: Reference<readonly Item[]>,
    make: (item: References<Item>) => References<Out>,
    width?: number,
  ) => References<Out[]>
  /** The steps that `make` adds run side by side. */
  parallel: <Made>(make: () => Made) => Made
}

/** A recipe written in TypeScript: the same document as YAML would give, and where its parts stand in the file. */
export type DefinedRecipe = { recipe: string; source: Record<string, unknown>; places: Record<string, string> }

/**
 * A recipe as a typed function: names of tools, what they take and what they give are checked by the compiler, the rest as a
 * YAML recipe is. The function is run once, when the file is read; what it returns is the output.
 * Throws recipe/one-step where `each` makes another number of steps than one.
 */
export function defineRecipe<const Input extends Fields>(
  head: { recipe: string; summary: string; on?: readonly Trigger[]; input?: Input },
  build: (recipe: RecipeBuilder<Input>) => Record<string, unknown> | void,
): DefinedRecipe {
  const { on = [], ...rest } = head
  const steps: Step[] = []
  const places: Record<string, string> = { '': callerPlace() }
  let into: Step[] = steps
  let at = 'steps'
  const add = (step: Step) => {
    places[`${at}.${into.length}`] = callerPlace()
    into.push(step)
    return referenceTo<never>(`steps.${String(step['id'])}`)
  }
  const call =
    (kind: string) =>
    (id: string, name: string, given: unknown, options: Options = {}) =>
      add({ id, [kind]: name, with: given, ...options })
  const builder = {
    input: referenceTo('input'),
    run: referenceTo('run'),
    tool: call('tool'),
    agent: call('agent'),
    recipe: call('recipe'),
    wait: (id: string, wait: string, options: Options = {}) => void add({ id, wait, ...options }),
    each: (list: unknown, make: (item: References<unknown>) => unknown, width?: number) => {
      const before = into.length
      const made = make(referenceTo('item'))
      if (into.length !== before + 1) throw notOne(into.length - before)
      Object.assign(into[before]!, { foreach: list }, width === undefined ? {} : { width })
      return made
    },
    parallel: (make: () => unknown) => {
      const [outer, outerAt] = [into, at]
      places[`steps.${outer.length}`] = callerPlace()
      at = `steps.${outer.length}.parallel`
      into = []
      outer.push({ parallel: into })
      try {
        return make()
      } finally {
        into = outer
        at = outerAt
      }
    },
  }
  // The builder's own types say what each of these takes and gives; here they are only steps.
  const output = build(builder as unknown as RecipeBuilder<Input>) ?? {}
  const triggers = on.map((trigger) =>
    'event' in trigger
      ? { ...trigger, with: (trigger.with as ((event: unknown) => object) | undefined)?.(referenceTo('event')) ?? {} }
      : trigger,
  )
  // References become texts on the way through JSON.
  const source = JSON.parse(JSON.stringify({ ...rest, on: triggers, steps, output })) as Record<string, unknown>
  return { recipe: head.recipe, source, places }
}

type Step = Record<string, unknown>

/** Where in the operator's file the call stands that is being made, as `line:column`. */
function callerPlace(): string {
  const lines = (new Error('here').stack ?? '').split('\n').slice(1)
  const own = fileURLToPath(import.meta.url)
  const frame = lines.find((line) => /:\d+:\d+\)?$/.test(line) && !line.includes(own))
  const [, line = '1', column = '1'] = /:(\d+):(\d+)\)?$/.exec(frame ?? '') ?? []
  return `${line}:${column}`
}

function notOne(steps: number): TributaryError {
  return new TributaryError(`each makes ${steps} steps, and means one.`, {
    code: 'recipe/one-step',
    facts: { steps },
    tryThis: 'add one tool, agent or recipe inside of it; for more than one, write them as a recipe of their own',
  })
}
