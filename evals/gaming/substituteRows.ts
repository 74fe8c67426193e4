import { sampledSemivalue, substituteTerm } from '../../attribution/index.ts'
import type { Row } from '../renderTable.ts'
import type { Attack } from './attacks.ts'
import { judge, sideOf, type Side, type Watched } from './judgeAttack.ts'
import type { JudgedRule } from './judgedRules.ts'
import { namesOfPair, twin } from './pairs.ts'
import type { Played } from './playGames.ts'
import type { Scoring } from './payNames.ts'

/**
 * Two who say the same in other words, planted: what each is paid, over what the first was paid alone, when scores are of
 * single removal, with the group term in its two forms, and (for two of the pairs) by the sampled semivalue.
 */
export function substituteRows({ honest, attacks, drawn }: Played, judging: JudgedRule): Row[] {
  const before = sideOf(honest, judging)
  const pairs = attacks.filter(({ id }) => id === 'griefing by paraphrase')
  const ways: [string, (pair: (typeof pairs)[number]) => Scoring | undefined][] = [
    ['single removal', () => undefined],
    ['group term, to the first', (pair) => withTerm(pair, 'first')],
    ['group term, to both', (pair) => withTerm(pair, 'together')],
  ]
  const rows = ways.flatMap(([way, scoringOf]) =>
    rowsOf(
      way,
      pairs.map((pair) => {
        const scoring = scoringOf(pair)
        const market = { names: namesOfPair(pair), effects: pair.effects }
        return { pair, before, after: sideOf(market, scoring ? { ...judging, scoring } : judging) }
      }),
    ),
  )
  const semivalue = drawn.map(({ pair, coalitions, effects }) => {
    const names = namesOfPair(pair)
    const trained = coalitions.map(({ label, out }) => {
      const gone = new Set(out)
      const kept = new Set(names.flatMap((name, i) => (gone.has(name.out[0]!) ? [] : [i])))
      return { kept, lossNats: effects.get(label)! }
    })
    const values = sampledSemivalue(trained, names.length)
    const market = { names, effects: new Map(names.map(({ label }, i) => [label, values[i]!])) }
    return { pair, before, after: sideOf(market, judging) }
  })
  return [...rows, ...rowsOf(`semivalue of ${drawn[0]?.coalitions.length ?? 0} coalitions`, semivalue)]
}

type Settled = { pair: Attack; before: Side; after: Side }

function rowsOf(way: string, settled: readonly Settled[]): Row[] {
  if (settled.length === 0) return []
  const watch = (who: 'first' | 'second'): Watched[] =>
    settled.map(({ pair, before, after }) => {
      const name = who === 'first' ? pair.victim! : twin
      // The second had no part before: it is held against what the first was paid alone.
      const names = before.names.map((one) => (one.owner === pair.victim ? { ...one, owner: name } : one))
      return { who: name, before: { ...before, names }, after }
    })
  return (['first', 'second'] as const).map((who): Row => {
    const { ratio, low, high } = judge(watch(who))
    return {
      figure: `two who say the same, the ${who} of them: ${way}`,
      value: ratio,
      unit: `of what one is paid alone [${low.toFixed(2)}, ${high.toFixed(2)}]`,
    }
  })
}

function withTerm(pair: Played['attacks'][number], to: 'first' | 'together'): Scoring {
  const names = namesOfPair(pair)
  const [first, second] = [names.findIndex(({ owner }) => owner === pair.victim), names.length - 1]
  return (scores, answer) => {
    const scoreMicroNats = Math.round(pair.effects.get('pair')![answer]! * 1e6)
    return substituteTerm(scores, [{ payees: [scores[first]!.payee, scores[second]!.payee], scoreMicroNats }], to)
  }
}
