import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { linearDatamodelingScore, rankCorrelation } from '../../attribution/index.ts'
import { seededUniform } from '../../models/index.ts'
import { providePython } from '../peers/provide.ts'
import type { Row } from '../renderTable.ts'
import { concreteFractions, studyConcrete, type ConcreteFraction, type ConcreteStudy } from './studyConcrete.ts'

const goals: Record<ConcreteFraction, number> = { '1 %': 0.99, '5 %': 0.98, '10 %': 0.95 }
const dataSeeds = [1, 2]
const peersOf = (study: ConcreteStudy): string[] => [...study.studies.keys()].filter((name) => name !== 'unroll')

/**
 * The rows `concrete unroll 1 %` to `10 %` with the best peer beside each, a row for every peer, and `fd against autodiff` on
 * the same task. Two draws of the data; what costs minutes is
 * kept in the user's cache piece by piece. Cost: 7 CPU-minutes. Throws evals/python, evals/peer.
 */
export async function concretePart(
  seed: number,
  say: (line: string) => void,
): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const python = await providePython(say)
  const scratch = mkdtempSync(join(tmpdir(), 'tributary-concrete-'))
  try {
    const studies: ConcreteStudy[] = []
    for (const own of dataSeeds) {
      studies.push(await studyConcrete(own, { python, scratch: join(scratch, `${own}`), say }))
    }
    const rows = (Object.keys(concreteFractions) as ConcreteFraction[]).flatMap((fraction) =>
      rowsOf(fraction, { studies, seed }),
    )
    const mean = (pick: (study: ConcreteStudy) => number) =>
      studies.reduce((sum, s) => sum + pick(s), 0) / studies.length
    const loss = { figure: 'concrete loss of held-out rows', value: mean((study) => study.lossAfter), unit: 'nats' }
    const untrained = { peer: 'untrained', peerValue: mean((study) => study.lossBefore) }
    return { rows: [...rows, { ...loss, ...untrained }, ...autodiffRows(studies)], versions: studies[0]!.versions }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function rowsOf(
  fraction: ConcreteFraction,
  { studies, seed }: { studies: readonly ConcreteStudy[]; seed: number },
): Row[] {
  const scoreOf = (method: string) =>
    linearDatamodelingScore(
      studies.map((study) => study.studies.get(method)!.get(fraction)!),
      { uniform: seededUniform(`concrete ${seed} ${fraction} ${method}`) },
    )
  const ours = scoreOf('unroll')
  const finite = peersOf(studies[0]!).filter((name) => studies.every((study) => study.studies.has(name)))
  const peers = finite.map((name) => ({ name, ...scoreOf(name) }))
  const best = peers.toSorted((a, b) => b.mean - a.mean)[0]!
  const goal = goals[fraction]
  const unit = `LDS, ${ours.queries} queries, ${ours.masks} masks`
  return [
    {
      figure: `concrete unroll ${fraction}`,
      value: ours.mean,
      unit,
      peer: best.name,
      peerValue: best.mean,
      ratio: ours.mean / best.mean,
      goal: `>= ${goal}`,
      met: ours.mean >= goal,
    },
    { figure: `concrete unroll ${fraction}, lower 90 %`, value: ours.lower90, unit },
    ...peers.map(({ name, mean }) => ({ figure: `concrete ${fraction}: ${name}`, value: mean, unit })),
  ]
}

/** Scores of the finite differences against exact products: |ours - exact| / |exact|, and the worst rank correlation. */
function autodiffRows(studies: readonly ConcreteStudy[]): Row[] {
  const pairs = studies.flatMap(({ autodiff: { ours, exact } }) =>
    ours.map((row, q) => ({ ours: row, exact: exact[q]! })),
  )
  const length = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))
  const gaps = pairs.map(({ ours, exact }) => length(exact.map((value, i) => ours[i]! - value)) / length(exact))
  const gap = Math.max(...gaps)
  const rank = Math.min(...pairs.map(({ ours, exact }) => rankCorrelation(ours, exact)))
  const peer = 'PyTorch, double backward, fp64'
  return [
    {
      figure: 'fd against autodiff',
      value: gap,
      unit: 'worst relative difference of scores',
      peer,
      goal: '<= 1e-3',
      met: gap <= 1e-3,
    },
    {
      figure: 'fd against autodiff, rank',
      value: rank,
      unit: 'worst rank correlation',
      peer,
      goal: '>= .9999',
      met: rank >= 0.9999,
    },
  ]
}
