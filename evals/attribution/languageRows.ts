import { linearDatamodelingScore, shareDistance, type Evidence, type Study } from '../../attribution/index.ts'
import { seededUniform } from '../../models/index.ts'
import type { Row } from '../renderTable.ts'
import { fractions, type Fraction, type LanguageStudy } from './studyLanguage.ts'

const goals: Record<string, { mean: number; lower?: number }> = {
  'lds unroll 1 %': { mean: 0.97, lower: 0.94 },
  'lds unroll 5 %': { mean: 0.97, lower: 0.94 },
  'lds unroll 10 %': { mean: 0.95, lower: 0.92 },
  'lds half-weight unroll 50 %': { mean: 0.9 },
  'payee spearman linear': { mean: 0.95 },
  'payee spearman unroll': { mean: 0.95 },
}

/** Names of baselines that were tried with several settings: only the best of each stands in the table. */
const tuned = ['fisher', 'datainf']

/** The rows of the language model, over all its draws of the data. */
export function languageRows(found: readonly LanguageStudy[], seed: number): Row[] {
  const score = (studies: Study[], figure: string): Evidence =>
    linearDatamodelingScore(studies, { uniform: seededUniform(`bootstrap ${seed} ${figure}`) })
  const studiesOf = (method: string, fraction: Fraction): Study[] =>
    found.map(({ studies }) => studies.get(method)!.get(fraction)!)
  const methods = bestOf([...found[0]!.studies.keys()], (method) => score(studiesOf(method, '5 %'), method).mean)

  const rows: Row[] = []
  const means = new Map<string, number>()
  for (const fraction of Object.keys(fractions) as Fraction[]) {
    for (const { name, method } of methods) {
      const figure = `lds ${name} ${fraction}`
      const evidence = score(studiesOf(method, fraction), figure)
      means.set(figure, evidence.mean)
      rows.push(...judged(figure, evidence, name === method ? '' : `, ${method.slice(name.length + 1)} damping`))
    }
  }
  const baselines = methods.filter(({ name }) => !name.includes('unroll'))
  const best = baselines
    .map(({ name }) => ({ name, mean: means.get(`lds ${name} 5 %`)! }))
    .reduce((a, b) => (b.mean > a.mean ? b : a))
  const unrolled = means.get('lds unroll 5 %')!
  rows.push({
    figure: 'lds margin 5 %',
    value: unrolled - best.mean,
    unit: 'LDS',
    peer: best.name,
    peerValue: best.mean,
    ratio: unrolled / best.mean,
    goal: '>= .20 over the best baseline',
    met: unrolled - best.mean >= 0.2,
  })
  for (const { name, method } of [...methods, { name: 'linear', method: 'linear' }]) {
    const figure = `payee spearman ${name}`
    const studies = found.map(({ payees }) => payees.get(method)!)
    rows.push(...judged(figure, score(studies, figure), ''))
  }
  return [...rows, ...shareRows(found), ...replayRows(found), ...lossRows(found)]
}

/** Of a method that was tried with several settings, `fisher 0.1` and so on, the one with the highest score. */
function bestOf(names: readonly string[], scoreOf: (name: string) => number): { name: string; method: string }[] {
  const families = Map.groupBy(names, (name) => tuned.find((family) => name.startsWith(`${family} `)) ?? name)
  return Array.from(families, ([name, own]) => ({
    name,
    method: own.length === 1 ? own[0]! : own.toSorted((a, b) => scoreOf(b) - scoreOf(a))[0]!,
  }))
}

function judged(figure: string, { mean, lower90, queries, masks }: Evidence, setting: string): Row[] {
  const goal = goals[figure]
  const unit = `Spearman, ${queries} queries, ${masks} masks${setting}`
  return [
    { figure, value: mean, unit, ...(goal ? { goal: `>= ${goal.mean}`, met: mean >= goal.mean } : {}) },
    {
      figure: `${figure}, lower 90 % bound`,
      value: lower90,
      unit: 'bootstrap over queries and masks',
      ...(goal?.lower === undefined ? {} : { goal: `>= ${goal.lower}`, met: lower90 >= goal.lower }),
    },
  ]
}

/** How much of the money the linear form pays to others than the forward form does, the positive part being paid. */
function shareRows(found: readonly LanguageStudy[]): Row[] {
  const perAnswer: number[] = []
  const overAll: number[] = []
  for (const { effects } of found) {
    const shares = (of: Float64Array[]): number[][] => of.map((scores) => sharesOf(scores))
    const [linear, exact] = [shares(effects.linear), shares(effects.actual)]
    perAnswer.push(...linear.map((own, q) => shareDistance(own, exact[q]!)))
    overAll.push(shareDistance(columnSums(linear), columnSums(exact)))
  }
  const row = (what: string, values: number[], most: number): Row => {
    const value = values.reduce((sum, one) => sum + one, 0) / values.length
    return { figure: `share error linear, ${what}`, value, unit: 'L1/2', goal: `<= ${most}`, met: value <= most }
  }
  return [row('per answer', perAnswer, 0.07), row('over all answers', overAll, 0.04)]
}

/** Shares of the positive part; nobody's where nobody helped. */
export function sharesOf(scores: ArrayLike<number>): number[] {
  const positive = Array.from(scores, (score) => Math.max(0, score))
  const sum = positive.reduce((total, score) => total + score, 0)
  return positive.map((score) => (sum === 0 ? 0 : score / sum))
}

export function columnSums(rows: readonly number[][]): number[] {
  return rows[0]!.map((_, column) => rows.reduce((sum, row) => sum + row[column]!, 0))
}

function replayRows(found: readonly LanguageStudy[]): Row[] {
  const runs = found.reduce((sum, { replays }) => sum + replays.runs, 0)
  const equal = found.reduce((sum, { replays }) => sum + replays.equal, 0)
  const largest = Math.max(
    ...found.flatMap(({ effects }) =>
      effects.forward.flatMap((own, q) => Array.from(own, (score, c) => Math.abs(score - effects.actual[q]![c]!))),
    ),
  )
  return [
    { figure: 'replay bytes equal', value: equal / runs, unit: `of ${runs} runs`, goal: '= 1', met: equal === runs },
    {
      figure: 'forward form against retraining, largest difference',
      value: largest,
      unit: 'nats',
      goal: '= 0: bytes equal',
      met: largest === 0,
    },
  ]
}

function lossRows(found: readonly LanguageStudy[]): Row[] {
  const mean = (of: (study: LanguageStudy) => number): number =>
    found.reduce((sum, study) => sum + of(study), 0) / found.length
  return [
    { figure: 'loss of the queries without an adapter', value: mean(({ lossBefore }) => lossBefore), unit: 'nats' },
    { figure: "loss of the queries by the protocol's recipe", value: mean(({ lossAfter }) => lossAfter), unit: 'nats' },
    {
      figure: 'loss of the queries by the best of rough recipes',
      value: mean(({ lossRough }) => lossRough),
      unit: 'nats: epsilon 1e-8, no warm-up, no decay, four rates',
    },
  ]
}
