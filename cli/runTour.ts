import { setTimeout as sleep } from 'node:timers/promises'
import type { Progress, TourSummary } from '../tools/index.ts'
import { phases, type Phase, type TourInput } from '../workflows/tourInput.ts'
import type { Tributary } from '../temporal.config.ts'
import { datanetNameOf } from './datanetNameOf.ts'
import { openEpochNumber, roundsOf, startTour, tourLosses, tourPhase, tourResult, type Round } from './tourClient.ts'

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
const defaults = { samples: 256, groups: 8, questions: 12, audits: 3, seed: 1, budgetWei: (10n ** 18n).toString() }

/**
 * Runs the tour of a corpus, or goes on with the one that was cut, or shows the finished one again.
 * Resolves to undefined when `signal` aborts: the workflow stays where it is, for the next start.
 */
export async function runTour(server: Tributary, options: TourOptions): Promise<TourSummary | undefined> {
  const { watcher, signal, from, again } = options
  const all = await roundsOf(server)
  const own = all.filter(({ input }) => input.from === from)
  const last = own.at(-1)
  if (last?.summary && !again) return last.summary
  const begun = last?.summary ? undefined : last
  const datanet = last?.input.datanet ?? datanetNameOf(from, new Set(all.map(({ input }) => input.datanet)))
  const wanted = await newTour(server, datanet, own.filter(({ summary }) => summary !== undefined).length, options)
  const { id, input } =
    begun && (await goesOn(server, begun, wanted)) ? begun : { id: `tour/${datanet}/${own.length + 1}`, input: wanted }
  const stopListening = server.onProgress((tool, progress) => watcher.progress(tool, progress))
  try {
    await startTour(server, id, input)
    return await watch(server, id, watcher, signal)
  } finally {
    stopListening()
    watcher.end()
  }
}

/** A round that was cut goes on as it was begun; one that failed makes way for one with other options. */
async function goesOn({ ctx }: Tributary, { id, input }: Round, wanted: TourInput): Promise<boolean> {
  const { licence, samples, budgetMs } = wanted
  if (input.licence === licence && input.samples === samples && input.budgetMs === budgetMs) return true
  return (await ctx.workflows.describe(id))?.status !== 'FAILED'
}

async function newTour(server: Tributary, datanet: string, done: number, options: TourOptions): Promise<TourInput> {
  const { from, licence, samples, budgetMs } = options
  const { questions, groups, audits, seed, budgetWei } = defaults
  return {
    datanet,
    alias: datanet,
    samples: samples ?? defaults.samples,
    groups,
    questions,
    skip: done * questions,
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
