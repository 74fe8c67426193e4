import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TrainingPath } from '../../kernel/index.ts'
import { Peer } from '../peers/Peer.ts'
import type { ConcreteTask } from './concreteTask.ts'

/** Scores [queries][samples] of each setting of a method, positive = helped, and what they cost. */
export type PeerScores = { scores: Record<string, number[][]>; cpuSeconds: number }

const dampings = [null, 1e-8, 1e-4, 1e-3, 1e-2, 0.1]
const regularizations = [1e-3, 1e-2, 0.1, 1]

/**
 * Methods of the peers that load the task, with the settings that the validation split chooses from. dattri's Arnoldi
 * projector gives no finite number on it with any of them.
 */
export const peerMethods = {
  'kronfluence, EK-FAC': { package: 'kronfluence', strategies: ['ekfac'], dampings, empirical: false },
  'kronfluence, K-FAC': { package: 'kronfluence', strategies: ['kfac'], dampings, empirical: false },
  'dattri, inverse Hessian by CG': { package: 'dattri', method: 'cg', regularizations, max_iter: 30 },
  'dattri, DataInf': { package: 'dattri', method: 'datainf', regularizations },
  'dattri, TracIn': { package: 'dattri', method: 'tracin' },
  'dattri, DVEmb': { package: 'dattri', method: 'dvemb', scales: [10] },
} as const

/**
 * Hands the task, its weights and its whole path to the Python peers, as raw numbers in files of `scratch`. The peer stays
 * open until it is closed. Throws evals/peer.
 */
export async function openPeers(
  task: ConcreteTask,
  { path, thetas }: { path: TrainingPath; thetas: readonly Float32Array[] },
  { python, scratch }: { python: string; scratch: string },
): Promise<{ peer: Peer; versions: Record<string, string> }> {
  mkdirSync(scratch, { recursive: true })
  const keep = (name: string, numbers: ArrayBufferView): string => {
    const file = join(scratch, name)
    writeFileSync(file, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))
    return file
  }
  const steps = await Promise.all(Array.from({ length: path.steps }, (_, t) => path.step(t)))
  const quarters = [1, 2, 3, 4].map((part) => Math.floor((part * path.steps) / 4))
  const script = join(import.meta.dirname, '../peers/attribution.py')
  const peer = await Peer.start({ name: 'attribution', command: python, args: [script] })
  const versions = await peer.ask<Record<string, string>>({
    op: 'regression',
    widths: task.mlp.widths,
    trained: task.samples,
    features: keep('features.f64', task.table.features),
    strengths: keep('strengths.f64', task.table.strengths),
    thetas: keep('thetas.f32', joined(thetas)),
    samples: keep('samples.i32', Int32Array.from(steps.flatMap(({ sampleIndexes }) => [...sampleIndexes]))),
    rates: steps.map(({ learningRate }) => learningRate),
    optimiser: path.optimiser,
    checkpoint_steps: quarters,
  })
  return { peer, versions: { ...peer.versions, ...versions } }
}

function joined(thetas: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(thetas.reduce((sum, theta) => sum + theta.length, 0))
  for (const [t, theta] of thetas.entries()) all.set(theta, t * theta.length)
  return all
}
