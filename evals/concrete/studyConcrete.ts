import { predictedChanges, unroll, type Study } from '../../attribution/index.ts'
import { drawMasks } from '../attribution/drawMasks.ts'
import { keepPiece } from '../keepPiece.ts'
import { concreteSettings, concreteTask } from './concreteTask.ts'
import { openPeers, peerMethods, type PeerScores } from './peerScores.ts'
import { meanScore } from './meanScore.ts'

/** Rows removed of 927. */
export const concreteFractions = { '1 %': 9, '5 %': 46, '10 %': 93 } as const
export type ConcreteFraction = keyof typeof concreteFractions

const masksOfEach = 64
const testQueries = 32
const validationQueries = 16
const validationMasks = 24
const autodiffQueries = 4

export type ConcreteStudy = {
  /** By method, then by fraction. */
  studies: Map<string, Map<ConcreteFraction, Study>>
  /** What the validation split chose for each peer. */
  chosen: Map<string, string>
  /** Our scores and those of exact Hessian-vector products in fp64, for the first queries. */
  autodiff: { ours: ArrayLike<number>[]; exact: number[][] }
  lossBefore: number
  lossAfter: number
  versions: Record<string, string>
}

/**
 * One draw of the task: trains, scores 32 held-out rows with the unroll and with every peer, and judges all of them by the
 * same 64 real retrainings a fraction. Each setting of a peer is chosen on 16 other held-out rows and 24 other masks of 5 %.
 * Cost: 3 CPU-minutes, half of them the peers'.
 */
export async function studyConcrete(
  seed: number,
  { python, scratch, say }: { python: string; scratch: string; say: (line: string) => void },
): Promise<ConcreteStudy> {
  const task = concreteTask(seed)
  const kept = <Piece>(what: unknown, make: () => Promise<Piece>) => keepPiece({ what, concreteSettings }, make)
  const recorded = await task.record()
  const theta = recorded.thetas.at(-1)!
  const before = task.queryLosses(theta)
  const queries = Array.from({ length: testQueries + validationQueries }, (_, q) => q)
  const [tested, validated] = [queries.slice(0, testQueries), queries.slice(testQueries)]
  const judge = async (removed: number, count: number, kind: string) => {
    const masks = drawMasks(task.samples, { removed, count, seed: `concrete ${seed} ${kind}` })
    const losses = await kept({ seed, kind, removed, count }, async () =>
      (await task.trainer.train(masks)).map((own) => Array.from(task.queryLosses(own))),
    )
    const changes = (query: number) => Float64Array.from(losses, (own) => own[query]! - before[query]!)
    return { masks, changes }
  }
  type Judged = Awaited<ReturnType<typeof judge>>
  const studyOf = (
    rows: readonly ArrayLike<number>[],
    asked: readonly number[],
    { masks, changes }: Judged,
  ): Study => ({
    predicted: rows.map((row) => predictedChanges(row, masks)),
    actual: asked.map(changes),
  })

  say(`concrete ${seed}: retraining for ${Object.keys(concreteFractions).join(', ')} and validation`)
  const validation = await judge(concreteFractions['5 %'], validationMasks, 'validation')
  const truth = new Map<ConcreteFraction, Judged>()
  for (const [fraction, removed] of Object.entries(concreteFractions) as [ConcreteFraction, number][]) {
    truth.set(fraction, await judge(removed, masksOfEach, 'test'))
  }
  const studies: ConcreteStudy['studies'] = new Map()
  const keep = (method: string, rows: readonly ArrayLike<number>[]): void => {
    studies.set(method, new Map([...truth].map(([fraction, own]) => [fraction, studyOf(rows, tested, own)])))
  }

  say(`concrete ${seed}: unroll of ${testQueries} queries`)
  const gradients = tested.map((query) => task.queryGradient(query, theta))
  const ours = await kept({ seed, unroll: tested }, async () =>
    (await unroll(recorded.path, task.oracle, gradients)).map((row) => Array.from(row)),
  )
  keep('unroll', ours)

  const { peer, versions } = await openPeers(task, recorded, { python, scratch })
  const chosen = new Map<string, string>()
  try {
    for (const [method, request] of Object.entries(peerMethods)) {
      const asked = { op: 'scores', queries, ...request }
      const { scores, cpuSeconds } = await kept({ seed, asked }, () => peer.ask<PeerScores>(asked))
      const settings = Object.entries(scores).map(([setting, rows]) => {
        const value = meanScore(studyOf(rows.slice(testQueries), validated, validation))
        return { setting, rows, value }
      })
      const best = settings.toSorted((a, b) => b.value - a.value)[0]
      if (!best) {
        say(`concrete ${seed}: ${method} gives no finite number with any setting: left out`)
        continue
      }
      say(
        `concrete ${seed}: ${method}, ${best.setting}: ${best.value.toFixed(3)} on validation, ${cpuSeconds.toFixed(0)} CPU-s`,
      )
      chosen.set(method, best.setting)
      keep(method, best.rows.slice(0, testQueries))
    }
    say(`concrete ${seed}: exact Hessian-vector products of ${autodiffQueries} queries`)
    const asked = { op: 'unroll', queries: tested.slice(0, autodiffQueries) }
    const exact = await kept({ seed, asked }, () => peer.ask<PeerScores>(asked))
    return {
      studies,
      chosen,
      autodiff: { ours: ours.slice(0, autodiffQueries), exact: exact.scores['exact']! },
      lossBefore: meanOf(task.queryLosses(recorded.path.start)),
      lossAfter: meanOf(before),
      versions,
    }
  } finally {
    peer.close()
  }
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
