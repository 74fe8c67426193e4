import { z } from 'zod'
import type { Path, Problem, RecipeSource } from '../reading/problem.ts'
import type { InputField, RecipeCall, RecipeDocument } from '../running/index.ts'
import { checkArguments } from './checkArguments.ts'
import { report, type Checking, type ScopeSchema } from './checking.ts'
import { jsonSchemaOf, type JsonSchema } from './jsonSchema.ts'
import type { Checked } from './known.ts'
import { outputSchemaOf } from './outputSchemaOf.ts'
import type { SourceCall } from './sourceShape.ts'

/** How a recipe that a step names is checked, which is what checkRecipe does: given to it, since each calls the other. */
export type CheckInner = (source: RecipeSource, checking: Checking) => { checked?: Checked; problems: Problem[] }

export type CheckedCall = { call: RecipeCall; gives: JsonSchema; needs: string[] }

/** One call of a tool, an agent or a recipe. Undefined where what it names is not there: that is reported. */
export function checkCall(
  checking: Checking,
  written: SourceCall,
  path: Path,
  scope: ScopeSchema,
  checkInner: CheckInner,
): CheckedCall | undefined {
  const { tool, agent, recipe } = written
  const named = Object.entries({ tool, agent, recipe }).filter(([, name]) => name !== undefined)
  const [[kind, name] = []] = named as ['tool' | 'agent' | 'recipe', string][]
  if (kind === undefined || name === undefined || named.length > 1) {
    report(checking, oneOf(named.map(([kind]) => kind)), path)
    return undefined
  }
  const at = [...path, 'with']
  if (kind === 'recipe') {
    const inner = findRecipe(checking, name, path, checkInner)
    if (inner === undefined) return undefined
    const { document, digest } = inner
    const asked = { name, input: inputOf(document.input) }
    const { template, needs } = checkArguments(checking, asked, written.with ?? {}, at, scope)
    const call: RecipeCall = { kind, name, with: template, digest, document }
    return { call, gives: outputSchemaOf(document, checking.known), needs }
  }
  const contracts = kind === 'tool' ? checking.known.tools : checking.known.agents
  const contract = Object.hasOwn(contracts, name) ? contracts[name] : undefined
  if (contract === undefined) {
    report(checking, unknownName(kind, name, Object.keys(contracts)), [...path, kind])
    return undefined
  }
  const { template, needs } = checkArguments(checking, { name, input: contract.input }, written.with ?? {}, at, scope)
  return { call: { kind, name, with: template }, gives: jsonSchemaOf(contract.output, 'output'), needs }
}

function findRecipe(checking: Checking, name: string, path: Path, checkInner: CheckInner): Checked | undefined {
  const at = [...path, 'recipe']
  if (checking.trail.includes(name)) {
    report(checking, cycle([...checking.trail, name]), at)
    return undefined
  }
  const found = checking.known.recipe(name)
  if (found === undefined) {
    report(checking, unknownName('recipe', name, []), at)
    return undefined
  }
  if ('document' in found) {
    const back = namesWithin(found.document).find((one) => checking.trail.includes(one))
    if (back === undefined) return found
    report(checking, cycle([...checking.trail, name, back]), at)
    return undefined
  }
  const { checked, problems } = checkInner(found, checking)
  if (checked !== undefined) return checked
  const [first] = problems
  const round = problems.find(({ code }) => code === 'recipe/cycle')
  if (round) report(checking, { ...round, message: `${round.message} It goes through ${name}.` }, at)
  else if (first) report(checking, broken(name, found.name, first, problems.length), at)
  return undefined
}

function namesWithin({ steps }: RecipeDocument): string[] {
  const calls = steps
    .flatMap((step) => ('parallel' in step ? step.parallel : [step]))
    .flatMap((step) => ('call' in step ? [step.call, step.undo] : []))
  return calls.flatMap((call) => (call?.kind === 'recipe' ? [call.name, ...namesWithin(call.document)] : []))
}

const types = {
  string: z.string(),
  integer: z.int(),
  number: z.number(),
  boolean: z.boolean(),
  list: z.array(z.unknown()),
  object: z.record(z.string(), z.unknown()),
}

/** What a recipe takes, as the schemas of tools say it. */
export function inputOf(fields: Record<string, InputField>): z.ZodType {
  return z.strictObject(
    Object.fromEntries(
      Object.entries(fields).map(([name, { type, default: usual }]) => [
        name,
        usual === undefined ? types[type] : types[type].optional(),
      ]),
    ),
  )
}

const oneOf = (named: readonly string[]) => ({
  code: 'recipe/step' as const,
  message:
    named.length === 0 ? 'A step names nothing to do.' : `A step names ${named.join(' and ')}, and does one thing.`,
  tryThis: 'give it one of tool, agent, recipe, wait or parallel',
})
const unknownName = (kind: 'tool' | 'agent' | 'recipe', name: string, known: readonly string[]) => {
  const code = `recipe/unknown-${kind}` as const
  const near = known.filter((one) => one.includes(name) || name.includes(one) || one[0] === name[0]).slice(0, 8)
  return {
    code,
    message: `There is no ${kind} ${name}.`,
    tryThis:
      kind === 'recipe'
        ? 'give its file too (--also), or run or schedule it first: tributary recipe list'
        : near.length > 0
          ? `did you mean one of ${near.join(', ')}?`
          : `take one of ${known.slice(0, 20).join(', ')}`,
  }
}
const cycle = (trail: readonly string[]) => ({
  code: 'recipe/cycle' as const,
  message: `Recipes call each other in a circle: ${trail.join(' -> ')}.`,
  tryThis: 'take one of the calls out: no run of it would end',
})
const broken = (name: string, file: string, { code, line, column, message }: Problem, count: number) => ({
  code: 'recipe/broken-recipe' as const,
  message: `The recipe ${name} does not check: ${file}:${line}:${column} ${message} (${code}${count > 1 ? `, and ${count - 1} more` : ''})`,
  tryThis: 'mend that recipe first: tributary recipe check says all that is wrong with it',
})
