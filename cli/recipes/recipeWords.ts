import type { z } from 'zod'
import type { diffRecipe, listRecipes, scheduleRecipe } from '../../tools/definitions.ts'
import { pc } from '../colours.ts'

type Listed = z.output<typeof listRecipes.output>['recipes'][number]
type Scheduled = z.output<typeof scheduleRecipe.output>
type Diffed = z.output<typeof diffRecipe.output>

export const versionWords = (version: number | null) => (version === null ? 'not used yet' : `version ${version}`)

/** One recipe of the list: what it does, what begins it, when it runs next, what runs. */
export function listedLines({
  recipe,
  summary,
  inputs,
  version,
  triggers,
  scheduled,
  schedules,
  running,
}: Listed): string[] {
  const takes = inputs.map(({ name, required }) => (required ? name : `[${name}]`)).join(' ')
  const next = schedules.flatMap(({ next: [first] }) => first ?? []).toSorted()[0]
  const state =
    scheduled === null
      ? triggers.length === 0
        ? 'by hand'
        : `by hand; could begin ${triggers.join(', ')}`
      : `${scheduled.paused ? 'paused' : 'begins'} ${triggers.join(', ')} on ${versionWords(scheduled.version)}${next === undefined ? '' : `, next ${next}`}`
  return [
    `${pc.bold(recipe)} ${pc.dim(takes)}`,
    `  ${summary}`,
    `  ${pc.dim(`${versionWords(version)}; ${state}`)}`,
    ...running.map(({ workflow, version }) => `  runs: ${workflow} on ${versionWords(version)}`),
  ]
}

export function scheduledLines({ recipe, version, state, schedules, events }: Scheduled): string[] {
  return [
    `${recipe} (${versionWords(version)}) is ${state}`,
    ...schedules.map(
      ({ when, next, paused }) => `  ${when}: ${paused ? 'paused' : `next ${next.slice(0, 3).join(', ')}`}`,
    ),
    ...(state === 'deleted' ? [] : events.map((event) => `  ${event}: once each`)),
  ]
}

export function diffLines({ from, to, changes, running }: Diffed): string[] {
  const head = `${from.recipe} ${versionWords(from.version)} → ${versionWords(to.version)}`
  if (changes.length === 0) return [`${head}: nothing differs`]
  return [
    pc.bold(head),
    ...changes.flatMap(({ at, from, to }) => [
      `  ${at}`,
      ...(from === null ? [] : [pc.red(`    - ${from}`)]),
      ...(to === null ? [] : [pc.green(`    + ${to}`)]),
    ]),
    ...running.map(({ workflow, version }) => `  ${workflow} goes on with ${versionWords(version)}`),
  ]
}
