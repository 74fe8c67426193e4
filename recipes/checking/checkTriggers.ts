import { isZone, readCron } from '../reading/readCron.ts'
import { readDuration } from '../reading/readDuration.ts'
import type { Path } from '../reading/problem.ts'
import type { InputField, RecipeTrigger } from '../running/index.ts'
import { isRecipeEvent, recipeEvents } from '../events.ts'
import { checkArguments } from './checkArguments.ts'
import { inputOf } from './checkCall.ts'
import { report, type Checking, type ScopeSchema } from './checking.ts'
import { jsonSchemaOf } from './jsonSchema.ts'
import type { SourceTrigger } from './sourceShape.ts'

const shortestMs = 60_000

/** What begins a recipe besides a hand: schedules and events, each with all that the recipe takes. */
export function checkTriggers(
  checking: Checking,
  written: readonly SourceTrigger[],
  fields: Record<string, InputField>,
): RecipeTrigger[] {
  return written.flatMap((trigger, i) => checkTrigger(checking, trigger, ['on', i], fields) ?? [])
}

function checkTrigger(
  checking: Checking,
  { schedule, every, event, zone, with: given = {} }: SourceTrigger,
  path: Path,
  fields: Record<string, InputField>,
): RecipeTrigger | undefined {
  const named = Object.entries({ schedule, every, event }).filter(([, value]) => value !== undefined)
  if (named.length !== 1) report(checking, oneOf(named.map(([kind]) => kind)), path)
  if (zone !== undefined && schedule === undefined) report(checking, strayZone(), [...path, 'zone'], 'key')
  const told = event !== undefined && isRecipeEvent(event) ? recipeEvents[event].fields : undefined
  if (event !== undefined && told === undefined) report(checking, unknownEvent(event), [...path, 'event'])
  const scope: ScopeSchema = { type: 'object', properties: told ? { event: jsonSchemaOf(told, 'output') } : {} }
  const asked = { name: 'the recipe', input: inputOf(fields) }
  const { template } = checkArguments(checking, asked, given, [...path, 'with'], scope)
  if (event !== undefined) return { event, with: template }
  if (every !== undefined) {
    const everyMs = readDuration(every)
    if (everyMs === undefined || everyMs < shortestMs) report(checking, noPause(every), [...path, 'every'])
    return { everyMs: everyMs ?? shortestMs, with: template }
  }
  if (schedule === undefined) return undefined
  const read = readCron(schedule)
  if ('problem' in read) report(checking, noCron(schedule, read.problem), [...path, 'schedule'])
  if (zone !== undefined && !isZone(zone)) report(checking, noZone(zone), [...path, 'zone'])
  return { schedule: 'cron' in read ? read.cron : '', zone: zone ?? 'UTC', with: template }
}

const oneOf = (named: readonly string[]) => ({
  code: 'recipe/trigger' as const,
  message: named.length === 0 ? 'A trigger says not when.' : `A trigger says ${named.join(' and ')}, and means one.`,
  tryThis: 'give it one of schedule, every or event; a hand needs no trigger',
})
const strayZone = () => ({
  code: 'recipe/trigger' as const,
  message: 'Only a schedule has a time zone.',
  tryThis: 'leave zone out',
})
const unknownEvent = (event: string) => ({
  code: 'recipe/unknown-event' as const,
  message: `There is no event ${event.slice(0, 60)}.`,
  tryThis: `take one of ${Object.keys(recipeEvents).join(', ')}`,
})
const noPause = (every: string) => ({
  code: 'recipe/duration' as const,
  message: `${every.slice(0, 40)} is no time between two runs.`,
  tryThis: 'write 15m, 2h or 7d; a minute is the least',
})
const noCron = (schedule: string, problem: string) => ({
  code: 'recipe/cron' as const,
  message: `The schedule ${schedule.slice(0, 60)} cannot be read: it ${problem}.`,
  tryThis: 'write minute, hour, day of month, month and day of week, as 0 3 * * 1, or @daily',
})
const noZone = (zone: string) => ({
  code: 'recipe/zone' as const,
  message: `There is no time zone ${zone.slice(0, 40)}.`,
  tryThis: 'write it as Europe/London, or leave it out for UTC',
})
