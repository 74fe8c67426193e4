import type { Row } from '../renderTable.ts'
import type { Attack } from './attacks.ts'
import type { Effects } from './Game.ts'
import { judge, sideOf, type Judged } from './judgeAttack.ts'
import { chosenRule, plainRule, type JudgedRule } from './judgedRules.ts'
import type { Played } from './playGames.ts'

type Trained = Attack & { effects: Effects }

/** What a goal is held against: the attack, or of several the one that gains most, by the chosen rule. */
const goals: readonly { figure: string; attacks: readonly string[]; most: number }[] = [
  { figure: 'gain copies', attacks: ['copies x3', 'copies x9'], most: 1.05 },
  { figure: 'gain near-copies', attacks: ['near-copies x3'], most: 1.05 },
  {
    figure: 'gain relabelling',
    attacks: ['relabelling n=12', 'relabelling n=4', 'relabelling n=3', 'relabelling n=2'],
    most: 1.1,
  },
  { figure: 'gain paraphrase escapes', attacks: ['paraphrases x3', 'paraphrases x3, a name each'], most: 1.1 },
  { figure: 'gain outlier', attacks: ['outlier labels', 'outlier (published)', 'shadow (published)'], most: 1.3 },
]

export type JudgedAttack = { attack: string; rule: string; gain: Judged; harm?: Judged }

/** Every attack under every rule that can be asked about it. */
export function judgeAttacks({ honest, attacks }: Played, rules: readonly JudgedRule[]): JudgedAttack[] {
  const byAttack = Map.groupBy(attacks, ({ id }) => id)
  return rules.flatMap((judging) => {
    const bySample = judging.rule.startsWith('positive-per-sample')
    const knows = (one: { names: Attack['names']; effects: Effects }): boolean =>
      !bySample || one.names.every(({ out }) => out.every((i) => one.effects.has(`sample ${i}`)))
    if (!knows(honest)) return []
    const before = sideOf(honest, judging)
    return [...byAttack].flatMap(([attack, all]) => {
      const known = all.filter(knows)
      if (known.length === 0) return []
      const after = new Map(known.map((one) => [one, sideOf(one, judging)]))
      const of = (who: (one: Trained) => Attack['attacker']) =>
        judge(
          known.map((one) => ({ who: who(one), before, after: after.get(one)! })),
          // Intervals of the two that are put side by side are finer.
          { draws: judging.name === chosenRule || judging.name === plainRule ? 200 : 40 },
        )
      const harmed = known.every(({ victim }) => victim !== undefined)
      return [
        {
          attack,
          rule: judging.name,
          gain: of(({ attacker }) => attacker),
          ...(harmed ? { harm: of(({ victim }) => victim!) } : {}),
        },
      ]
    })
  })
}

/** The figures that have a goal, then how much escapes the filter, then all attacks under all rules. */
export function attackRows(played: Played, judged: readonly JudgedAttack[]): Row[] {
  const find = (attack: string, rule: string): JudgedAttack | undefined =>
    judged.find((one) => one.attack === attack && one.rule === rule)
  const headlines = goals.map(({ figure, attacks, most }): Row => {
    const found = attacks.map((attack) => find(attack, chosenRule)!)
    const worst = found.reduce((a, b) => (b.gain.ratio > a.gain.ratio ? b : a))
    const peer = find(worst.attack, plainRule)!.gain.ratio
    return {
      figure,
      value: worst.gain.ratio,
      unit: `times (${worst.attack}) ${interval(worst.gain)}`,
      peer: plainRule,
      peerValue: peer,
      ratio: worst.gain.ratio / peer,
      goal: `<= ${most}`,
      met: worst.gain.ratio <= most,
    }
  })
  const harmOf = (attack: string, most?: number): Row => {
    const { harm } = find(attack, chosenRule)!
    return {
      figure: `harm ${attack}`,
      value: 1 - harm!.ratio,
      unit: `of the victim's money [${(1 - harm!.high).toFixed(2)}, ${(1 - harm!.low).toFixed(2)}]`,
      peer: plainRule,
      peerValue: 1 - find(attack, plainRule)!.harm!.ratio,
      ...(most === undefined ? {} : { goal: `<= ${most}`, met: 1 - harm!.ratio <= most }),
    }
  }
  const escapes = [...Map.groupBy(played.attacks, ({ id }) => id)].flatMap(([attack, all]): Row[] => {
    const asked = all.filter(({ escaped }) => escaped !== undefined)
    if (asked.length === 0 || attack.includes('name each')) return []
    const [passed, of] = [
      asked.reduce((n, a) => n + a.escaped!.passed, 0),
      asked.reduce((n, a) => n + a.escaped!.of, 0),
    ]
    return [
      { figure: `escape rate, ${attack.replace(', unfiltered', '')}`, value: passed / of, unit: `of ${of} samples` },
    ]
  })
  const unique = [...new Map(escapes.map((row) => [row.figure, row])).values()]
  const matrix = judged.map(({ attack, rule, gain, harm }): Row => {
    const victim = harm ? `, victim left with ${harm.ratio.toFixed(2)}` : ''
    return {
      figure: `${attack}: ${rule}`,
      value: gain.ratio,
      unit: `times ${interval(gain)}, mean of ratios ${gain.meanOfRatios.toFixed(2)}, highest ${gain.worst.toFixed(2)}${victim}`,
    }
  })
  return [
    ...headlines,
    harmOf('griefing', 0.05),
    harmOf('griefing by paraphrase'),
    harmOf('griefing, unfiltered'),
    ...unique,
    ...matrix,
  ]
}

function interval({ low, high }: Judged): string {
  return `[${low.toFixed(2)}, ${high.toFixed(2)}]`
}
