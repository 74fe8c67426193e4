import { readDuration } from '../reading/readDuration.ts'
import type { Path } from '../reading/problem.ts'
import type { CallStep, RecipeStep, WaitStep } from '../running/index.ts'
import { checkCall, type CheckInner } from './checkCall.ts'
import { checkCondition } from './checkCondition.ts'
import { report, type Checking, type ScopeSchema } from './checking.ts'
import { compileValue } from './compileValue.ts'
import { alternativesOf, typesOf, wordsFor, type JsonSchema } from './jsonSchema.ts'
import type { SourceShape, SourceStep } from './sourceShape.ts'

const usualTimeoutMs = 12 * 3_600_000

/** All steps in their order. Each sees what the steps before it give; those side by side do not see each other. */
export function checkSteps(
  checking: Checking,
  written: SourceShape['steps'],
  scope: ScopeSchema,
  checkInner: CheckInner,
): { steps: RecipeStep[]; scope: ScopeSchema } {
  const steps: RecipeStep[] = []
  const taken = new Set<string>()
  let seen = scope
  const one = (step: SourceStep, path: Path) => {
    const id = step.id ?? (step.tool ?? step.agent ?? step.recipe ?? 'wait').replaceAll('-', '_')
    if (taken.has(id)) report(checking, sameId(id), [...path, step.id === undefined ? 'tool' : 'id'])
    taken.add(id)
    return checkStep(checking, { ...step, id }, path, seen, checkInner)
  }
  for (const [i, step] of written.entries()) {
    const path = ['steps', i]
    const { parallel, ...alone } = step
    if (parallel === undefined) {
      const checked = one(alone, path)
      if (checked.step) steps.push(checked.step)
      seen = withSteps(seen, checked.gives)
      continue
    }
    const stray = Object.keys(alone).find((key) => key !== 'parallel')
    if (stray !== undefined) report(checking, strayField(stray, 'parallel'), [...path, stray], 'key')
    const inner = parallel.map((step, j) => one(step, [...path, 'parallel', j]))
    steps.push({ parallel: inner.flatMap(({ step }) => step ?? []) })
    seen = inner.reduce((scope, { gives }) => withSteps(scope, gives), seen)
  }
  return { steps, scope: seen }
}

type CheckedStep = { step?: CallStep | WaitStep; gives: Record<string, JsonSchema> }

function checkStep(
  checking: Checking,
  written: SourceStep & { id: string },
  path: Path,
  scope: ScopeSchema,
  checkInner: CheckInner,
): CheckedStep {
  const { id, wait, when, foreach, width, timeout, undo } = written
  const condition = when === undefined ? undefined : checkCondition(checking, when, [...path, 'when'], scope)
  const rest = { id, ...(condition && { when: condition.condition }) }
  if (wait !== undefined) {
    const stray = Object.keys(written).find((key) => !['id', 'wait', 'when'].includes(key))
    if (stray !== undefined) report(checking, strayField(stray, 'wait'), [...path, stray], 'key')
    const waitMs = duration(checking, wait, [...path, 'wait'])
    return {
      step: { ...rest, waitMs, needs: condition?.needs ?? [] },
      gives: { [id]: { type: 'object', properties: {}, additionalProperties: false } },
    }
  }
  const list = foreach === undefined ? undefined : checkList(checking, foreach, [...path, 'foreach'], scope)
  if (width !== undefined && foreach === undefined)
    report(checking, strayField('width', 'foreach-less'), [...path, 'width'], 'key')
  const inner: ScopeSchema =
    list === undefined ? scope : { ...scope, properties: { ...scope.properties, item: list.item } }
  const called = checkCall(checking, written, path, inner, checkInner)
  const undone = undo === undefined ? undefined : checkUndo(checking, id, undo, [...path, 'undo'], inner, checkInner)
  const timeoutMs = timeout === undefined ? usualTimeoutMs : duration(checking, timeout, [...path, 'timeout'])
  const gives = called?.gives ?? {}
  const type: JsonSchema = list === undefined ? gives : { type: 'array', items: gives }
  if (called === undefined) return { gives: { [id]: type } }
  const needs = [condition, list, called, undone].flatMap((one) => one?.needs ?? [])
  const step: CallStep = {
    ...rest,
    call: called.call,
    ...(undone && { undo: undone.call }),
    ...(list && { foreach: { list: list.template, width: width ?? 1 } }),
    timeoutMs,
    needs: [...new Set(needs)],
  }
  return { step, gives: { [id]: type } }
}

/** What takes a step back is registered before the step begins, so it sees all but what the step gives. */
function checkUndo(
  checking: Checking,
  id: string,
  undo: NonNullable<SourceStep['undo']>,
  path: Path,
  scope: ScopeSchema,
  checkInner: CheckInner,
) {
  if (JSON.stringify(undo.with ?? {}).includes(`\${steps.${id}.`)) {
    report(checking, ownOutput(id), [...path, 'with'])
    return undefined
  }
  return checkCall(checking, undo, path, scope, checkInner)
}

function checkList(checking: Checking, text: string, path: Path, scope: ScopeSchema) {
  const { template, found, needs } = compileValue(checking, text, path, scope)
  const schema = found[0]?.schema
  const lists =
    schema === undefined ? [] : alternativesOf(schema).filter((one) => typesOf(one)?.includes('array') ?? true)
  if (lists.length === 0) report(checking, noList(text, schema), path)
  return { template, needs, item: lists[0]?.items ?? {} }
}

function withSteps(scope: ScopeSchema, gives: Record<string, JsonSchema>): ScopeSchema {
  const { steps } = scope.properties
  const all = { ...steps, properties: { ...steps?.properties, ...gives } }
  return { ...scope, properties: { ...scope.properties, steps: all } }
}

function duration(checking: Checking, text: string, path: Path): number {
  const ms = readDuration(text)
  if (ms === undefined) report(checking, noDuration(text), path)
  return ms ?? 1
}

const sameId = (id: string) => ({
  code: 'recipe/same-id' as const,
  message: `Two steps are called ${id}.`,
  tryThis: 'give one of them another id',
})
const strayField = (field: string, kind: string) => ({
  code: 'recipe/step' as const,
  message: `A ${kind} step takes no ${field}.`,
  tryThis: 'put it on a step that calls something, or leave it out',
})
const ownOutput = (id: string) => ({
  code: 'recipe/undo-reference' as const,
  message: `What takes ${id} back refers to what ${id} gives, but is registered before it: a step that was cut gives nothing.`,
  tryThis: 'refer to inputs and to steps before it',
})
const noList = (text: string, schema: JsonSchema | undefined) => ({
  code: 'recipe/foreach' as const,
  message: `${text.slice(0, 80)} is ${schema === undefined ? 'no reference' : wordsFor(schema)}, and foreach needs a list.`,
  tryThis: 'refer to a list: ${steps.id.field}',
})
const noDuration = (text: string) => ({
  code: 'recipe/duration' as const,
  message: `${text.slice(0, 40)} is no duration.`,
  tryThis: 'write 30s, 15m, 2h or 7d, at most a year',
})
