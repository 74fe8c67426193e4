import type { NumberedEvent } from './trainingEvents.ts'

export type TrainingProgress = {
  state: 'waiting' | 'preparing' | 'training' | 'finished' | 'published'
  step: number
  steps: number
  lossMicroNats: number | null
  validationLossMicroNats: number | null
  /** Samples of the batch a second, over the last steps; a sample counts once, whatever the number of adapters. */
  samplesPerSecond: number | null
  etaSeconds: number | null
}

const window = 8

/**
 * How far a run is, from its events alone. Speed is the median of the last 8 steps' times, so that the hours for which a
 * process was down are no slow step.
 */
export function trainingProgress(events: readonly NumberedEvent[]): TrainingProgress {
  const progress: TrainingProgress = {
    state: 'waiting',
    step: 0,
    steps: 0,
    lossMicroNats: null,
    validationLossMicroNats: null,
    samplesPerSecond: null,
    etaSeconds: null,
  }
  let batch = 0
  let before: number | undefined
  const times: number[] = []
  for (const event of events) {
    if (event.kind === 'planned') {
      batch = event.body.batch
      progress.steps = event.body.steps
    } else if (event.kind === 'step') {
      progress.state = 'training'
      progress.step = event.body.step
      progress.lossMicroNats = event.body.lossMicroNats
      if (before !== undefined) times.push(event.atMs - before)
      before = event.atMs
    } else if (event.kind === 'validation') {
      progress.validationLossMicroNats = event.body.lossMicroNats
    } else if (event.kind === 'frozen') {
      progress.state = 'preparing'
    } else if (event.kind === 'finished' || event.kind === 'published') progress.state = event.kind
  }
  const last = times.slice(-window).toSorted((a, b) => a - b)
  const stepMs = last[Math.floor(last.length / 2)]
  if (stepMs !== undefined && progress.state === 'training') {
    progress.samplesPerSecond = stepMs > 0 ? Math.round((10_000 * batch) / stepMs) / 10 : null
    progress.etaSeconds = Math.round(((progress.steps - progress.step) * stepMs) / 1000)
  }
  return progress
}
