import { basename, extname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Progress, TourSummary } from '../tools/index.ts'
import { phases, type Phase, type TourInput } from '../workflows/tourInput.ts'
import type { Tributary } from '../temporal.config.ts'
import { openEpochNumber, roundsOf, startTour, tourLosses, tourPhase, tourResult } from './tourClient.ts'

export type TourWatcher = {
  phase: (name: string, index: number, of: number) => void
  progress: (tool: string, progress: Progress) => void
  losses: (nats: readonly number[]) => void
  end: () => void
}

export type TourOptions = {
  signal: AbortSignal
  watcher: TourWatcher
  again: boolean
  from?: string
  licence?: string
  samples?: number
  budgetMs?: number
}

const pollMs = 300
const defaults = { samples: 512, groups: 8, questions: 12, audits: 3, seed: 1, budgetWei: (10n ** 18n).toString() }

/**
 * Runs the tour of a corpus, or goes on with the one that was cut, or shows the finished one again.
 * Resolves to undefined when `signal` aborts: the workflow stays where it is, for the next start.
 */
export async function runTour(server: Tributary, options: TourOptions): Promise<TourSummary | undefined> {
  const { watcher, signal } = options
  const datanet = options.from === undefined ? 'open-source' : nameOf(options.from)
  const rounds = await roundsOf(server, datanet)
  const last = rounds.at(-1)
  if (last?.summary && !options.again) return last.summary
  const id = last && !last.summary ? last.id : `tour/${datanet}/${rounds.length + 1}`
  const input: TourInput = last && !last.summary ? last.input : await newTour(server, datanet, rounds.length, options)
  const stopListening = server.onProgress((tool, progress) => watcher.progress(tool, progress))
  try {
    await startTour(server, id, input)
    return await watch(server, id, watcher, signal)
  } finally {
    stopListening()
    watcher.end()
  }
}

async function newTour(server: Tributary, datanet: string, rounds: number, options: TourOptions): Promise<TourInput> {
  const { from, licence, samples, budgetMs } = options
  const { questions, groups, audits, seed, budgetWei } = defaults
  return {
    datanet,
    alias: datanet,
    samples: samples ?? defaults.samples,
    groups,
    questions,
    skip: rounds * questions,
    epoch: await openEpochNumber(server),
    audits,
    seed,
    budgetWei,
    ...(from === undefined ? {} : { from }),
    ...(licence === undefined ? {} : { licence }),
    ...(budgetMs === undefined ? {} : { budgetMs }),
  }
}

async function watch(
  server: Tributary,
  id: string,
  watcher: TourWatcher,
  signal: AbortSignal,
): Promise<TourSummary | undefined> {
  let shown = -1
  const done = tourResult(server, id)
  const ended = done.then(
    () => true,
    () => true,
  )
  while (!signal.aborted) {
    const finished = await Promise.race([ended, sleep(pollMs, false)])
    const at = finished ? phases.length : phases.indexOf((await tourPhase(server, id)) as Phase)
    for (; shown < at && shown < phases.length - 1;) {
      if (phases[shown] === 'train') watcher.losses(await tourLosses(server, id))
      shown++
      watcher.phase(phases[shown] as string, shown, phases.length)
    }
    if (finished) return done
  }
  return undefined
}

function nameOf(path: string): string {
  const name = basename(path, extname(path))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return name.slice(0, 60) || 'corpus'
}
