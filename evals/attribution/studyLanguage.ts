import { counterfactualForward, counterfactualLinear, predictedChanges, type Study } from '../../attribution/index.ts'
import { retrain, type Engine } from '../../models/index.ts'
import { baselineScores } from './baselineScores.ts'
import { drawMasks, payeeMasks } from './drawMasks.ts'
import { openProtocol, type Protocol } from './openProtocol.ts'
import { queryGradients, queryLosses } from './queryLosses.ts'
import { retrainInFreshProcess } from './retrainInFreshProcess.ts'
import { retrainMasks } from './retrainMasks.ts'
import { roughLoss } from './roughLoss.ts'
import { trainProtocol } from './trainProtocol.ts'
import { unrollResumably } from './unrollResumably.ts'

/** Samples removed of 144: 1 % is rounded up, since one sample alone is the finest thing there is. */
export const fractions = { '1 %': 2, '5 %': 7, '10 %': 14, '50 %': 72 } as const
export type Fraction = keyof typeof fractions

export type LanguageStudy = {
  /** By method, then by fraction. */
  studies: Map<string, Map<Fraction, Study>>
  /** By method, over payees as masks. */
  payees: Map<string, Study>
  /** Effects of leaving out each payee by the linear and by the forward form, and as retrained: [queries][payees], nats. */
  effects: { linear: Float64Array[]; forward: Float64Array[]; actual: Float64Array[] }
  /** Trainings that a fresh process repeated, and how many of them to the byte. */
  replays: { runs: number; equal: number }
  /** Mean loss of the queries, nats, without an adapter and with it. */
  lossBefore: number
  lossAfter: number
  /** The lowest that a recipe made for loss alone reaches. */
  lossRough: number
}

/** The whole protocol for one draw of the data; resumable mask by mask. Cost: 12 CPU-minutes. */
export async function studyLanguage(
  engine: Engine,
  { dataSeed, say, masksOfEach = 64 }: { dataSeed: number; say: (line: string) => void; masksOfEach?: number },
): Promise<LanguageStudy> {
  const protocol = await openProtocol(engine, { dataSeed })
  const { run, texts } = protocol
  const what = `data seed ${dataSeed}`
  const { theta, thetasWithout, path, close } = await trainProtocol(protocol, { say, what })
  const samples = texts.samples.length
  const gradients = await queryGradients(protocol, theta)

  const actual = new Map<Fraction, { masks: Float32Array[]; changes: Float64Array[] }>()
  const reference = (await queryLosses(protocol, [theta]))[0]!
  for (const [fraction, removed] of Object.entries(fractions) as [Fraction, number][]) {
    const masks = drawMasks(samples, { removed, count: masksOfEach, seed: `data ${dataSeed}` })
    const thetas = await retrainMasks(protocol, masks, { say, what: `${what}, ${fraction} removed` })
    actual.set(fraction, { masks, changes: changesOf(await queryLosses(protocol, thetas), reference) })
  }
  const leftOut = payeeMasks(texts.payeeOfSample, texts.payees.length)
  const ones = new Float32Array(samples).fill(1)
  const [again, ...retrained] = await retrainInFreshProcess(run, [ones, ...leftOut])
  const strangers = await queryLosses(protocol, [again!, ...retrained])
  const payeeChanges = changesOf(strangers.slice(1), strangers[0]!)

  const scores = await baselineScores(protocol, theta, say)
  scores.set('unroll', await unrollResumably(protocol, 'unroll', async () => ({ path, queries: gradients }), say))
  const halves = new Float32Array(samples).fill(0.5)
  const openHalf = async () => {
    const { thetas, paths } = await retrain(engine, run, [halves], { path: true })
    return { path: paths[0]!, queries: await queryGradients(protocol, thetas[0]!) }
  }
  scores.set('half-weight unroll', await unrollResumably(protocol, 'half-weight-unroll', openHalf, say))
  await close()

  const linear = counterfactualLinear({ theta, thetasWithout })
  const forward = counterfactualForward({ theta, thetasWithout })
  const effects = {
    linear: await Promise.all(gradients.map((gradient) => linear.score({ gradient }))),
    forward: await Promise.all(
      gradients.map((gradient, q) => forward.score({ gradient, lossesAt: (thetas) => lossesOf(protocol, q, thetas) })),
    ),
    actual: payeeChanges,
  }
  const studies = new Map<string, Map<Fraction, Study>>()
  const payees = new Map<string, Study>([
    ['linear', { predicted: effects.linear, actual: payeeChanges }],
    ['forward', { predicted: effects.forward, actual: payeeChanges }],
  ])
  for (const [name, own] of scores) {
    const weights = name === 'half-weight unroll' ? halves : ones
    const predict = (masks: Float32Array[]) => own.map((row) => predictedChanges(row, masks, weights))
    payees.set(name, { predicted: predict(leftOut), actual: payeeChanges })
    const byFraction = [...actual].map(
      ([fraction, { masks, changes }]) => [fraction, { predicted: predict(masks), actual: changes }] as const,
    )
    studies.set(name, new Map(byFraction))
  }
  const known = [theta, ...thetasWithout]
  const equal = [again!, ...retrained].filter((found, k) => sameBytes(found, known[k]!)).length
  const untrained = (await queryLosses(protocol, [path.start]))[0]!
  return {
    studies,
    payees,
    effects,
    replays: { runs: known.length, equal },
    lossBefore: meanOf(untrained),
    lossAfter: meanOf(reference),
    lossRough: await roughLoss(engine, { dataSeed, say }),
  }
}

/** [queries][thetas] from losses [thetas][queries] and those of the reference. */
export function changesOf(losses: readonly Float64Array[], reference: Float64Array): Float64Array[] {
  return Array.from(reference, (before, q) => Float64Array.from(losses, (own) => own[q]! - before))
}

async function lossesOf(protocol: Protocol, query: number, thetas: readonly Float32Array[]): Promise<number[]> {
  const { engine, run } = protocol
  const index = run.plan.samples.length + query
  const hidden = await run.prefix.read([index])
  const rows = thetas.map((_, adapter) => ({ row: run.rows[index]!, hidden: hidden.get(index)!, adapter }))
  return engine.rowLosses(rows, thetas, run.layout)
}

function sameBytes(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength))
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
